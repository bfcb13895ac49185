"""Songboard on the command line: parse, call, print, and turn errors into one sentence."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # torch and FAISS bring two OpenMPs that would spin at each other

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opening import ear_called, ear_of, heard, songs_in, ten_seconds
from progress import JsonLog, ProgressLine
from refusing import EXIT_CODES, Refused, sentences

if TYPE_CHECKING:
    from index.build import Progress

LIBRARY = click.option(
    "--library", "library", type=click.Path(path_type=Path), default=Path("library"), show_default=True,
    help="The library's folder.",
)  # fmt: skip
DEVICE = click.option(
    "--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto", show_default=True,
    help="Where the network runs.",
)  # fmt: skip
ENGINE = click.option(
    "--engine", default="local", show_default=True, metavar="local|ray[:HOST:PORT]",
    help="Which machines work: this one, or the nodes of a Ray cluster.",
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
def main() -> None:
    """Songboard listens to a folder of songs and maps what sounds alike."""


@main.command("build-index")
@click.argument("songs", type=click.Path(path_type=Path), default=Path("songs"))
@LIBRARY
@DEVICE
@ENGINE
@click.option("--encoder", default="songboard", show_default=True,
              help="songboard, mfcc, clap, a .safetensors file, or the folder of a CLAP.")  # fmt: skip
@click.option("--clusters", default="auto", show_default=True, metavar="N|auto", help="How many clusters.")
@click.option("--remap", is_flag=True, help="Draw the map anew, starting from the one there is.")
@click.option("--relisten", is_flag=True, help="Hear all songs again where the library's ear has a new version.")
@click.option("--train", "tune", is_flag=True, help="First train the shipped ear on these songs; keep the better.")
@click.option("--store", metavar="STORE", help="Keep the vectors in files, or in milvus://HOST:19530/COLLECTION.")
@click.option("--json-log", is_flag=True, help="Print every event as one JSON object a line, for machines.")
def build_index(
    songs: Path, library: Path, device: str, engine: str, encoder: str, clusters: str, remap: bool, relisten: bool,
    tune: bool, store: str | None, json_log: bool,
) -> None:  # fmt: skip
    """Listen to SONGS, a folder or a .zip (default: songs/), and write the library.

    Stopped or killed at any instant, the same command goes on from there. The first Ctrl-C or SIGTERM finishes the song
    in hand.
    """
    import report
    from index.build import BuildOptions, build_library
    from stopping import stoppable

    if clusters != "auto" and not (clusters.isdigit() and int(clusters) > 0):
        raise Refused(f"--clusters is {clusters!r}; give a number above 0, or auto")
    with sentences():
        songs = songs_in(songs, library)
        if tune:
            if encoder != "songboard":
                raise Refused(f"--train begins with the shipped ear; leave out --encoder {encoder}")
            from training import train_ear

            encoder, told = train_ear(songs, library / "training", device, engine=engine)
            click.echo(told, err=json_log)
        ear = ear_called(encoder, device, engine)
        options = BuildOptions(
            clusters=None if clusters == "auto" else int(clusters), remap=remap, relisten=relisten or tune, store=store
        )
        idle = partial(getattr, ear, "idle", 0.0)
        with stoppable() as stop, (JsonLog if json_log else ProgressLine)(ear.device, idle) as line:
            line.tell("start", songs=songs, library=library, encoder=ear.name, device=ear.device)

            def show(progress: "Progress") -> None:
                line.show(progress)
                stop.show(progress)

            try:
                summary = build_library(songs, ear, library, options, show)
            except BaseException as error:
                line.tell("stopped" if isinstance(error, KeyboardInterrupt) else "failed", reason=str(error))
                raise
    if json_log:
        report.log_build(summary, line.tell)
    else:
        click.echo(report.of_build(summary))
        click.echo(f"The library is {library}. To see it: python -m dashboard --library {library}")


@main.command()
@click.argument("songs", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("training"), show_default=True,
              help="Where the weights, and what is needed to go on after a stop, are written.")  # fmt: skip
@DEVICE
@ENGINE
@click.option("--from", "start", default="shipped", show_default=True, help="shipped, nothing, or a .safetensors file.")
@click.option("--teacher", type=click.Path(path_type=Path), help="musicnn's wheel, to be taught by it as well.")
@click.option("--steps", type=click.IntRange(0), help="Steps of the CNN.")
@click.option("--song-steps", type=click.IntRange(0), help="Steps of the Transformer.")
@click.option("--batch", type=click.IntRange(2), default=32, show_default=True, help="Songs in a step.")
@click.option("--seed", type=int, default=0, show_default=True)
def train(
    songs: Path, out: Path, device: str, engine: str, start: str, teacher: Path | None, steps: int | None,
    song_steps: int | None, batch: int, seed: int,
) -> None:  # fmt: skip
    """Train an ear on SONGS, a folder in which each album is a folder. Stopped, the same command goes on.

    It goes on from the shipped ear, which is kept unless one better on songs held out comes of it; --from nothing
    begins anew. Several GPUs of one machine train it together under torchrun, see docs/scale.md.
    """
    from training import train_ear

    chosen = {"seed": seed, "segment_steps": steps, "song_steps": song_steps, "segment_songs": batch}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    with sentences():
        ear, told = train_ear(songs, out, device, start, teacher, chosen, engine)
    click.echo(told)
    click.echo(f"To use it: python cli.py build-index --encoder {ear}")


@main.command()
@click.argument("query", required=False)
@LIBRARY
@DEVICE
@click.option("-k", "count", type=click.IntRange(1), default=10, show_default=True, help="How many songs.")
@click.option("--words", "wanted", metavar="TEXT",
              help='What it shall sound like: "slow piano, no drums"; any text where clap has listened.')  # fmt: skip
def similar(query: str | None, library: Path, device: str, count: int, wanted: str | None) -> None:
    """Print the songs nearest to QUERY, a song's number in the library or a file; or that fit --words, or both."""
    from index.filters import Filter
    from index.library import Library
    from index.ranking import Rules

    if query is None and wanted is None:
        raise Refused('what is to be looked for? Give a song\'s number, a file, or --words "slow piano, no drums"')
    with sentences():
        shelf = Library.load(library)
        own = cache(lambda: ear_of(shelf.encoder, shelf.fingerprint, device))
        shelf.speak = lambda text, _: own().say(text)
        rules = Rules(filter=Filter(only=None if wanted is None else shelf.fitting(wanted)))
        if query is None:
            matches = shelf.by_words(wanted or "", count)
        elif query.isdigit() and not Path(query).exists():
            matches = shelf.similar(int(query), count, rules)
        else:
            matches = shelf.similar_to(heard(Path(query), own()), count, rules)
        if wanted is not None and not matches:
            raise Refused(f"no other song fits every word of {wanted!r}: ask for fewer")
        for match in matches:
            song = shelf.song(match.id)
            by = f" - {song.artist}" if song.artist else ""
            words = ", ".join(shelf.words(match.id))
            said = f"  [{words}]" if words else ""
            click.echo(f"{match.similarity:6.3f}  {match.id:>6}  {song.title}{by}  ({song.path}){said}")


@main.command()
@click.argument("library", type=click.Path(path_type=Path), default=Path("library"))
@click.option("--labels", type=click.Choice(["folder", "artist", "album", "genre"]), default="folder",
              show_default=True, help="What songs that belong together share.")  # fmt: skip
@click.option("--excerpts", type=click.IntRange(0), default=200, show_default=True, help="Songs to cut excerpts from.")
@click.option("--json", "as_json", is_flag=True, help="Print every digit, for machines.")
@DEVICE
def evaluate(library: Path, labels: str, excerpts: int, as_json: bool, device: str) -> None:
    """Measure how good LIBRARY's ear is (default: library/), beside MFCCs and a network that has learned nothing."""
    import report
    from engine.encoders import open_encoder
    from engine.excerpts import cut_excerpts
    from index.evaluation import evaluate as judge
    from index.library import Library

    with sentences():
        shelf = Library.load(library)
        encoders = [ear_called(shelf.encoder, device), open_encoder("mfcc"), open_encoder("random", device)]
        different = list({encoder.fingerprint: encoder for encoder in encoders}.values())
        with ProgressLine(encoders[0].device) as line:
            measured = judge(shelf, different, cut_excerpts, labels, excerpts, line.show)
    click.echo(report.as_json(measured) if as_json else report.as_table(measured))


@main.command()
@click.argument("destination", type=click.Path(path_type=Path))
def demo(destination: Path) -> None:
    """Compose 48 demo songs in 8 styles into DESTINATION."""
    from engine.demo import compose

    with sentences(), ProgressLine("cpu") as line:
        songs = compose(destination, line.composed)
    click.echo(f"{len(songs)} songs in {destination}.")


@main.command()
@LIBRARY
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), required=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="Folder to write into.")
def export(library: Path, kind: str, out: Path) -> None:
    """Write song_embeddings.json or df_clusters.csv."""
    from index.export import export_csv, export_json
    from index.library import Library

    with sentences():
        shelf = Library.load(library)
        path = export_json(shelf, out) if kind == "json" else export_csv(shelf, out)
    click.echo(f"{len(shelf)} songs in {path}.")


@main.command("copy-store")
@click.argument("library", type=click.Path(path_type=Path))
@click.argument("store")
def copy(library: Path, store: str) -> None:
    """Move LIBRARY's vectors to STORE, files or milvus://HOST:19530/COLLECTION. Nothing is listened to again."""
    from index.copying import copy_store

    with sentences(), ProgressLine("cpu") as line:
        moved = copy_store(library, store, line.copied)
    click.echo(f"The vectors of {len(moved)} songs are in {moved.store}, and {library} says so.")


@main.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@LIBRARY
@click.option("--audio", is_flag=True, help="Put ten seconds beside it of each song whose licence tag allows it.")
@click.option("--consent", is_flag=True, help="With --audio, of every song: you say that you may give them away.")
def share(out: Path, library: Path, audio: bool, consent: bool) -> None:
    """Write the map to OUT, one .html file to give away: it opens in any browser, and holds no sound."""
    from dashboard.previews import folder_of, write_previews
    from dashboard.share import share as give
    from index.library import Library

    if consent and not audio:
        raise click.UsageError("--consent is about the sound: say --audio as well")
    with sentences(), ProgressLine("cpu") as line:
        given, previews = Library.load(library), None
        if audio:
            previews = write_previews(given, folder_of(out), ten_seconds, consent, line.cut)
            for sentence in previews.skipped:
                line.say(f"Without a preview: {sentence}")
        shared = give(given, out, line.neighboured, previews)
    size = f"{shared.size / 2**20:.1f} MB"
    click.echo(f"{shared.songs} songs, {shared.neighbours} neighbours of each, in {out}, {size}. Any browser opens it.")
    if previews:
        count = len(previews.licences)
        click.echo(f"Ten seconds of {count} of them lie beside it in {folder_of(out)}: give both away together.")
        if not consent:
            click.echo("The others' tags name no licence that allows it. Where you may give them away: --consent.")
    elif folder_of(out).exists():
        click.echo(f"{folder_of(out)} holds the sound of an earlier map: this one plays none, so keep it to yourself.")


@main.command()
@LIBRARY
def status(library: Path) -> None:
    """Say what a library holds, what was skipped and why, and whether it is being built."""
    import report
    from index.library import Library, LibraryError
    from index.underway import read_underway

    with sentences():
        building = read_underway(library)
        try:
            click.echo(report.of_library(Library.load(library), library))
        except LibraryError:
            if building is None:
                raise
            click.echo(f"{library}: no library yet")
        if building is not None:
            click.echo(report.of_underway(building))


if __name__ == "__main__":
    main()
