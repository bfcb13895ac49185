"""The studio: places notes in time, has them played, and mixes and masters the parts."""

from collections.abc import Callable, Iterable

import numpy as np
from scipy.fft import rfft
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import oaconvolve

from engine.demo.drums import Drum
from engine.demo.score import Groove, Note
from engine.demo.synthesis import SAMPLE_RATE, Voice, filtered

LOUDNESS = -14.0  # LUFS of every song
CEILING = 0.8  # of full scale: lossy formats overshoot
RING = 3.0  # seconds that an undamped tone is given


def _heard(sound: np.ndarray, seconds: float) -> np.ndarray:
    """The power in each frame of a sound [channels, samples] as the ear weighs it, channels summed: [frames].

    The weights are the K curve of ITU-R BS.1770: little below 40 Hz, 4 dB more above 1.7 kHz. Silence is left out.
    """
    frame = int(seconds * SAMPLE_RATE)
    frames = sound[:, : sound.shape[1] // frame * frame].reshape(len(sound), -1, frame)
    hertz = np.fft.rfftfreq(frame, 1 / SAMPLE_RATE)[1:]
    curve = 10 ** (0.4 * hertz**2 / (hertz**2 + 1680**2)) / (1 + (38 / hertz) ** 4)
    spectrum = rfft(frames, axis=2)[..., 1:]
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=0) @ curve.astype(np.float32) * (2 / frame**2)
    return power[power > 1e-7]


def loudness(sound: np.ndarray) -> float:
    """The loudness of a sound [channels, samples] in LUFS, after ITU-R BS.1770: its quiet moments do not count."""
    power = _heard(sound, 0.4)
    return float(-0.691 + 10 * np.log10(power[power > 0.1 * power.mean()].mean())) if power.size else -np.inf


def presence(sound: np.ndarray) -> float:
    """How loud a part [channels, samples] is where it plays, in dB: the 90th percentile of its frames."""
    power = _heard(sound, 0.1) / len(sound)
    return float(10 * np.log10(np.percentile(power, 90))) if power.size else -np.inf


def room(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """The impulse response of a room whose lows ring for `seconds` and whose highs for less: [2, samples]."""
    t = np.arange(int(1.1 * seconds * SAMPLE_RATE)) / SAMPLE_RATE
    response = np.zeros((2, len(t)), dtype=np.float32)
    for band, share in (((120, 700), 1.0), ((700, 2500), 0.8), ((2500, 7000), 0.4)):
        response += filtered(rng.standard_normal((2, len(t))), "bandpass", band) * np.exp(-6.9 * t / (share * seconds))
    response = np.pad(response, ((0, 0), (int(0.018 * SAMPLE_RATE), 0)))
    return response / np.sqrt(np.sum(response**2) / 2)


class Studio:
    """One song's recording session: `play` the parts, then `master` them.

    Tempo in beats a minute; the song lasts `beats` and then rings for `tail` seconds. `swing` delays the middle of
    every `grid` beats (0 straight, 0.17 triplets); `sway` is how much the tempo bends, and over how many beats;
    `ritard` is how many last beats slow down; `looseness` is how far, in seconds, players stray from the beat;
    `reverb` is how long the room rings, in seconds.
    """

    def __init__(
        self,
        bpm: float,
        beats: float,
        rng: np.random.Generator,
        *,
        swing: float = 0.0,
        grid: float = 1.0,
        sway: tuple[float, float] = (0.0, 16.0),
        ritard: float = 0.0,
        looseness: float = 0.005,
        reverb: float = 1.4,
        tail: float = 3.0,
    ) -> None:
        self.rng = rng
        self._swing, self._grid, self._looseness, self._reverb = swing, grid, looseness, reverb
        self._ticks = np.arange(0, beats + 16, 0.25)
        tempo = 1 - sway[0] * np.cos(2 * np.pi * self._ticks / sway[1])
        if ritard:
            tempo *= np.interp(self._ticks, (beats - ritard, beats), (1, 0.6))
        self._moments = np.concatenate([[0], np.cumsum(0.25 * 60 / bpm / tempo)[:-1]])
        self.samples = int((self.seconds(beats) + tail) * SAMPLE_RATE)
        self._dry = np.zeros((2, self.samples), dtype=np.float32)
        self._wet = np.zeros((2, self.samples), dtype=np.float32)

    def seconds(self, beat: float) -> float:
        """When a beat falls, in seconds from the start."""
        pair, place = divmod(beat, self._grid)
        warped = np.interp(place / self._grid, (0, 0.5, 1), (0, 0.5 + self._swing, 1)) * self._grid
        return float(np.interp(pair * self._grid + warped, self._ticks, self._moments))

    def play(
        self,
        voice: Voice,
        notes: Iterable[Note],
        level: float,
        *,
        pan: float = 0.0,
        reverb: float = 0.2,
        effect: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        """Adds a part, its loud moments at `level` dB, placed from -1 (left) to 1 (right), with a share of reverb."""
        part = np.zeros((1, self.samples), dtype=np.float32)
        tones: dict[tuple[int, int], np.ndarray] = {}  # by pitch and layer of velocity
        lasting = [
            (RING if voice.rings else self.seconds(note.start + note.length) - self.seconds(note.start), note)
            for note in notes
        ]
        for held, note in sorted(lasting, reverse=True):  # the longest of a pitch is made, shorter ones cut from it
            start = max(0.0, self.seconds(note.start) + self.rng.normal(0, self._looseness))
            velocity = float(np.clip(note.velocity + self.rng.normal(0, 0.04), 0.1, 1))
            layer = (note.pitch, round(3 * velocity))
            if layer not in tones:
                frequency = 440 * 2 ** ((note.pitch - 69) / 12)
                tones[layer] = np.atleast_2d(voice.tone(frequency, held + voice.release, layer[1] / 3, self.rng))
            first = int(start * SAMPLE_RATE)
            length = min(tones[layer].shape[1], self.samples - first, int((held + voice.release) * SAMPLE_RATE))
            if length <= 0:
                continue
            sound = tones[layer][:, :length] * np.float32(velocity**1.5)
            rise = min(int(voice.attack * SAMPLE_RATE), length // 2)
            fall = min(int(voice.release * SAMPLE_RATE), length // 2)
            sound[:, :rise] *= np.linspace(0, 1, rise, dtype=np.float32)
            sound[:, length - fall :] *= np.linspace(1, 0, fall, dtype=np.float32) ** 2
            if len(sound) > len(part):
                part = np.repeat(part, 2, axis=0)
            part[:, first : first + length] += sound
        if effect:
            part = effect(part)
        self.add(part, level, pan=pan, reverb=reverb)

    def add(self, part: np.ndarray, level: float, *, pan: float = 0.0, reverb: float = 0.2) -> None:
        """Adds a sound [channels, samples] as long as the song, as `play` does."""
        if np.isfinite(now := presence(part)):
            angle = (pan + 1) * np.pi / 4
            sides = np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]])
            part = part * (sides * 10 ** ((level - now) / 20)).astype(np.float32)
            self._dry += part
            self._wet += np.float32(reverb) * part

    def drums(self, kit: dict[str, Drum], groove: Groove) -> None:
        """Adds every drum that the groove beats."""
        for name, hits in groove.hits.items():
            drum = kit[name]
            notes = [note._replace(pitch=drum.pitch) for note in hits]
            self.play(drum.voice, notes, drum.level, pan=drum.pan, reverb=drum.reverb)

    def master(self, fade_in: float = 0.0, fade_out: float = 1.5) -> np.ndarray:
        """The finished song, float32 [samples, 2]: reverb, even loudness, a limiter, fades in seconds."""
        wet = oaconvolve(self._wet, room(self._reverb, self.rng), axes=1)[:, : self.samples]
        mix = filtered(self._dry + filtered(wet, "highpass", 180), "highpass", 30)
        for _ in range(2):  # the limiter takes some loudness away: once more
            mix = limited(mix * np.float32(10 ** ((LOUDNESS - loudness(mix)) / 20)))
        mix = mix[:, : np.flatnonzero(np.abs(mix).max(axis=0) > 2e-3)[-1] + 1]  # ends where the last sound does
        for seconds, side in ((fade_in, slice(None)), (fade_out, slice(None, None, -1))):
            ramp = np.sin(np.linspace(0, np.pi / 2, int(seconds * SAMPLE_RATE), dtype=np.float32)) ** 2
            mix[:, side][:, : len(ramp)] *= ramp
        return np.ascontiguousarray(mix.T)


def limited(sound: np.ndarray) -> np.ndarray:
    """Peaks turned down smoothly, a moment ahead, so that none passes the ceiling: as `sound` [2, samples]."""
    gain = np.minimum(1, CEILING / np.maximum(np.abs(sound).max(axis=0), 1e-6))
    window = SAMPLE_RATE // 100 + 1  # odd, so that it is centred
    # Averaging the minimum over the same window keeps the gain at every peak as low as that peak needs.
    return sound * uniform_filter1d(minimum_filter1d(gain, window), window).astype(np.float32)


def echo(sound: np.ndarray, seconds: float, feedback: float = 0.4, level: float = 0.35) -> np.ndarray:
    """Repeats of a sound [channels, samples] from side to side, duller each time: [2, samples]."""
    result = np.repeat(sound, 2, axis=0) if len(sound) == 1 else sound.copy()
    repeat = sound.mean(axis=0) * np.float32(level)
    late = int(seconds * SAMPLE_RATE)
    for side in (0, 1, 0, 1):
        repeat = filtered(np.pad(repeat, (late, 0))[: len(repeat)], "lowpass", 3500, order=1)
        result[side] += 1.4 * repeat
        repeat = repeat * np.float32(feedback)
    return result


def amplifier(drive: float, cabinet: float = 4200) -> Callable[[np.ndarray], np.ndarray]:
    """A guitar amplifier: the strings drive a valve into its bend, and a loudspeaker takes the fizz off."""

    def effect(sound: np.ndarray) -> np.ndarray:
        sound = filtered(sound, "highpass", 110, order=1)
        sound = np.tanh(drive * sound / np.percentile(np.abs(sound[:, ::16]), 99))
        return filtered(filtered(sound, "lowpass", cabinet, order=3), "highpass", 80)

    return effect
