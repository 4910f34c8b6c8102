"""The engine for many machines: the same functions over the same pieces of work, as Ray tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from auditor.errors import AuditorError
from auditor.models import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    T = TypeVar("T")
    R = TypeVar("R")

_AHEAD = 2
_RETRIES = 3
"""How often a piece of work is given to another worker when one dies."""
_DIED = (
    "every worker that read it died, which other pages survived: audit it alone, and report this defect with the page"
)


def run_ray(
    function: Callable[[T], R], pieces: Iterable[T], *, address: str | None = None
) -> Iterator[tuple[T, R | Failure]]:
    """Yield every piece of *pieces* with what *function* makes of it, as it is done somewhere in the cluster at *address*.

    Without an address a cluster of this machine is started. Results are the same as those of `run_processes`. Raises
    AuditorError if Ray is not installed.
    """
    ray = _import_ray()
    ray.init(
        address=address, ignore_reinit_error=True, log_to_driver=False, include_dashboard=False, logging_level="error"
    )
    try:

        def work(piece: T) -> R:  # Ray takes no partial
            return function(piece)

        remote = ray.remote(max_retries=_RETRIES, num_cpus=1)(work)
        most = max(2, int(ray.cluster_resources().get("CPU", 1))) * _AHEAD
        yield from _run(ray, remote, iter(pieces), most)
    finally:
        ray.shutdown()


def _run(ray: Any, remote: Any, waiting: Iterator[T], most: int) -> Iterator[tuple[T, Any]]:
    in_hand: dict[Any, T] = {}
    while True:
        while len(in_hand) < most:
            piece = next(waiting, None)
            if piece is None:
                break
            in_hand[remote.remote(piece)] = piece
        if not in_hand:
            return
        done, _ = ray.wait(list(in_hand), num_returns=1)
        for reference in done:
            piece = in_hand.pop(reference)
            try:
                result = ray.get(reference)
            except ray.exceptions.WorkerCrashedError:
                result = Failure(source=str(piece), reason=_DIED)
            yield piece, result


def _import_ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise AuditorError("--engine ray needs the extra [cluster]: pip install 'clinic-auditor[cluster]'") from error
    return ray
