"""Where the network runs, and in which precision."""

from contextlib import AbstractContextManager

import torch


class DeviceError(Exception):
    """A device that is not there; the message says what to choose instead."""


def pick_device(name: str = "auto") -> str:
    """'auto' -> the best device there is, else the one asked for: 'cuda', 'mps' or 'cpu'. Raises DeviceError."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, found in there.items() if found)
    if not there.get(name, False):
        found = ", ".join(device for device, is_there in there.items() if is_there)
        raise DeviceError(f"there is no device {name!r} here; choose from: auto, {found}")
    return name


def half_precision(device: str) -> AbstractContextManager[None]:
    """bfloat16 for convolutions and matrix products where it is fast: on CUDA, and on CPUs with AMX."""
    fast = device == "cuda" or (device == "cpu" and torch.cpu._is_amx_tile_supported())
    return torch.autocast(device, torch.bfloat16, enabled=fast)
