"""Sound to vectors: knows torch, and nothing of titles, FAISS or Dash.

`from engine import Embedder` is the way in; torch is loaded once it is asked for.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from engine.audio import load_audio as load_audio
    from engine.baseline import MfccEmbedder as MfccEmbedder
    from engine.embed import Embedder as Embedder
    from engine.encoders import open_encoder as open_encoder

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "audio": ["load_audio"],
        "baseline": ["MfccEmbedder"],
        "embed": ["Embedder"],
        "encoders": ["open_encoder"],
    },
)
