"""Passages for ``torch.utils.data``: each worker of each rank takes its share of one global order.

``PassageDataset`` is map-style, ``PassageStream`` iterable; both yield dictionaries that torch's own collation understands. No
``DistributedSampler`` is needed, nothing is lost or repeated, and a run is resumed by a number (``next_draw``).
"""

from spice_fast.dataloading.dataset import PassageDataset
from spice_fast.dataloading.stream import PassageStream, next_draw

__all__ = ["PassageDataset", "PassageStream", "next_draw"]
