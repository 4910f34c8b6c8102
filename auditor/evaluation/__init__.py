"""How well the rules agree with labelled texts and pages: precision, recall and kappa, with intervals."""
