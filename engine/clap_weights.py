"""Where CLAP's weights come from: they are not shipped, but fetched once by whoever asks for them first."""

from importlib.util import find_spec
from pathlib import Path

MODEL = "laion/larger_clap_general"  # music, speech and other sounds; Apache 2.0
REVISION = "16c8cc3159a3c8a31e8ff5ef1f66b0d9ab3667db"  # has safetensors
MEGABYTES = 780
WEIGHTS = "model.safetensors"
INSTALL = ".venv/bin/python -m pip install --constraint constraints.txt --editable '.[text]'"
_NEEDED = ("config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS)
_BESIDE = ("special_tokens_map.json", "vocab.json", "merges.txt")  # of older transformers


class ClapError(Exception):
    """CLAP that cannot be had; the message says what to do."""


def check_installed() -> None:
    """Raises ClapError where the extra is not installed, with the line to run."""
    if find_spec("transformers") is None:
        raise ClapError(f"clap needs the extra songboard[text], which is not installed; run: {INSTALL}")


def still_to_fetch() -> str:
    """A sentence that says what the first use will fetch, and how large that is; "" when it is here."""
    if find_spec("transformers") is None or _here() is not None:
        return ""
    return f"The first use of clap fetches its weights once: {MODEL}, {MEGABYTES} MB."


def fetched() -> Path:
    """The folder of the weights, fetched where they are not here yet. Raises ClapError where that fails."""
    from huggingface_hub import snapshot_download

    try:
        return _here() or Path(snapshot_download(MODEL, revision=REVISION, allow_patterns=[*_NEEDED, *_BESIDE]))
    except (OSError, ValueError) as error:  # those of the network are OSErrors, too
        raise ClapError(
            f"the weights of clap could not be fetched ({str(error).splitlines()[0]}): try again with a connection, "
            "or name a folder that holds them with --encoder FOLDER"
        ) from error


def _here() -> Path | None:
    """The folder of the weights when all of them were fetched before; asks nobody."""
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(MODEL, name, revision=REVISION) for name in _NEEDED]
    return Path(str(found[-1])).parent if all(isinstance(path, str) for path in found) else None
