"""Many sites: lists, crawls, archives, a store that a run can be taken up from, evidence that stands."""
