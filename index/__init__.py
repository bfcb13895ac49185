"""The library on disk and its search: knows numpy, pandas, FAISS and scikit-learn, never torch and never Dash.

`from index import Library` is the way in; what is heavy is loaded once it is asked for.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from index.build import BuildOptions as BuildOptions
    from index.build import build_library as build_library
    from index.filters import Filter as Filter
    from index.library import Library as Library
    from index.ranking import Rules as Rules

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "build": ["BuildOptions", "build_library"],
        "filters": ["Filter"],
        "library": ["Library"],
        "ranking": ["Rules"],
    },
)
