"""A small band in NumPy: composes the demo songs, so that a newcomer without music has some."""

from engine.demo.recording import DemoError, compose, perform
from engine.demo.score import Song
from engine.demo.songs import SONGS

__all__ = ["SONGS", "DemoError", "Song", "compose", "perform"]
