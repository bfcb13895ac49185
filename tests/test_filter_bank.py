"""The banks of filters: what a teacher's network becomes in them, what they learn, and what they weigh in a song."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from teachers import random_weights
from torch import Tensor, nn
from torch.nn import functional as F

from engine.banks import bank_stage, explained, fit_share, power_of, spoiled, tell_lessons, with_banks
from engine.checkpoint import Checkpoint, save_checkpoint
from engine.dataset import SongDataset
from engine.embed import Embedder
from engine.embedding import Embedding
from engine.filter_bank import FILTERS, HEARD, LEVEL, STEP, FilterBank, LoudestBand, PatchMel
from engine.hearing import Heard, hear_one
from engine.lessons import Learning, Lessons
from engine.model import ModelConfig, SongEncoder
from engine.patches import PATCH_RATE
from engine.recipe import TrainConfig
from engine.teacher.inherit import inherit, summed
from engine.teacher.musicnn import Musicnn
from engine.teacher.teach import log_mel

GUARD = Path("/lib/x86_64-linux-gnu/libc_malloc_debug.so.0")  # glibc's own: with it, free() looks at what surrounds
PLAIN = torch.zeros(HEARD), torch.ones(HEARD)
TINY = ModelConfig(bands=32, channels=(8, 16), blocks=1, width=32, layers=1, embedding=64, segment_dim=16)


def swell(seed: int) -> Tensor:
    """The mel power [187, 96] of some sound that changes slowly."""
    generator = torch.Generator().manual_seed(seed)
    frames, bands = torch.arange(187)[:, None] / 187, torch.arange(96)[None] / 96
    power = torch.zeros(187, 96)
    for _ in range(6):
        slow, across, phase, depth = torch.rand(4, generator=generator).tolist()
        power += (depth - 0.3) * torch.sin(6.283 * (2 * slow * frames + 1.5 * across * bands + phase))
    return 10 ** (power - 1)


def lessons(songs: int = 6, cells: int = 4, networks: int = 2) -> Lessons:
    """What networks that learned nothing hear in slow swells of sound."""
    mel = PatchMel.log(torch.stack([swell(seed) for seed in range(songs * cells)]))
    said = [Musicnn(random_weights(seed))(mel).penultimate for seed in range(networks)]
    penultimate = torch.cat(said, dim=1).clone().split(cells)
    empty = SongDataset(torch.zeros(1, 1), [], 150)
    return Lessons(
        empty, [torch.rand(cells, 100) for _ in range(songs)], list(penultimate), list(mel.half().split(cells))
    )


def test_filters_that_are_sums_of_three_kernels_are_found_to_be() -> None:
    torch.manual_seed(0)
    filters, bands = (torch.randn(20, 3) @ torch.randn(3, 7 * 38)).view(20, 7, 38), 2 + torch.randn(5, 40, 96)
    kernels, mix, missing = summed(filters, bands, 3)
    assert kernels.shape == (3, 7, 38)
    assert torch.allclose(torch.einsum("ck,kfw->cfw", mix, kernels), filters, atol=1e-3)
    assert torch.allclose(missing, torch.zeros(20), atol=1e-2)


def test_sums_of_fewer_kernels_than_it_takes_are_right_on_average_and_nearest_where_the_sound_is() -> None:
    torch.manual_seed(0)
    filters, bands = torch.randn(20, 7, 38), 2 + torch.randn(5, 40, 96)
    bands[:, :, 50:] = 0.01 * bands[:, :, 50:] + 2  # nothing happens there
    windows = bands.unfold(1, 7, 8).unfold(2, 38, 5).flatten(3).flatten(0, 2)
    answers = windows @ filters.flatten(1).T

    def missed(few: int) -> float:
        kernels, mix, missing = summed(filters, bands, few)
        away = answers - windows @ (mix @ kernels.flatten(1)).T - missing
        assert torch.allclose(away.mean(0), torch.zeros(20), atol=1e-2)
        return float(away.var() / answers.var(0).mean())

    assert 0.4 > missed(12) > 5 * missed(19) and missed(20) < 1e-4


def test_the_maximum_over_the_bands_may_go_first() -> None:
    filters = LoudestBand(4, 5, 6, kernels=3)
    filters.scale.data.copy_(torch.tensor([1.0, -2.0, 0.5, -0.1]))
    filters.bias.data.fill_(5.0)  # so that what ReLU silences is not all there is to be heard
    bands = torch.randn(2, 30, 96, generator=torch.manual_seed(0))
    padded = F.pad(bands, (0, 0, 2, 2)).unsqueeze(1)
    full = torch.einsum("ck,kfw->cfw", filters.mix, filters.kernel)
    answers = F.relu(F.conv2d(padded, full.unsqueeze(1), filters.bias, stride=(1, STEP)))
    expected = (answers * filters.scale[:, None, None]).amax(3)
    assert torch.allclose(filters(bands), expected, atol=1e-5)
    with torch.no_grad():  # which goes another way
        assert torch.allclose(filters(bands), expected, atol=1e-5)


def test_asked_at_every_band_and_with_as_many_kernels_as_filters_a_bank_is_its_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.filter_bank.STEP", 1)
    monkeypatch.setattr("engine.filter_bank.FILTERS", [(count, *size, count) for count, *size, _ in FILTERS])
    weights, bank = random_weights(seed=1), FilterBank().eval()
    mel = torch.rand(3, 187, 96, generator=torch.manual_seed(0))
    inherit(bank, weights, *PLAIN, mel)
    told, expected = bank(mel).detach(), Musicnn(weights)(mel).penultimate
    assert torch.allclose(told, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


def test_a_bank_hears_in_a_slow_swell_what_the_network_hears_that_it_comes_from() -> None:
    weights, bank = random_weights(seed=1), FilterBank().eval()
    mel = PatchMel.log(torch.stack([swell(seed) for seed in range(24)]))
    inherit(bank, weights, *PLAIN, mel)
    told, expected = bank(mel).detach(), Musicnn(weights)(mel).penultimate
    moves = (expected.std(0) > 1e-3) & (told.std(0) > 1e-3)
    alike = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(told.T[moves], expected.T[moves], strict=True)]
    assert len(alike) > 100 and np.median(alike) > 0.8


def test_what_the_sums_lack_on_average_stands_in_the_bias() -> None:
    weights, bank, mel = (
        random_weights(seed=1),
        FilterBank(),
        2 + torch.randn(4, 187, 96, generator=torch.manual_seed(0)),
    )
    inherit(bank, weights, *PLAIN, mel)
    kernel = torch.from_numpy(weights["conv2d/kernel"]).squeeze(2).permute(2, 0, 1)
    *_, missing = summed(kernel, mel * bank.gain + bank.offset, len(bank.front[0].kernel))
    given = bank.front[0].bias - torch.from_numpy(weights["conv2d/bias"])
    assert torch.allclose(given, missing, atol=1e-5) and float(missing.abs().max()) > 0.1


def test_a_bank_tells_its_numbers_by_mean_and_spread() -> None:
    weights, mel = random_weights(seed=1), torch.randn(3, 187, 96)
    plain, scaled = FilterBank(), FilterBank()
    inherit(plain, weights, *PLAIN, mel)
    inherit(scaled, weights, torch.full((HEARD,), 2.0), torch.full((HEARD,), 4.0), mel)
    assert torch.allclose(scaled(mel), (plain(mel) - 2) / 4, atol=1e-4)


def test_a_patch_is_seen_as_the_teacher_sees_it_whatever_its_loudness() -> None:
    sound = sounds.chord(220, 1000, 5000, seconds=3.008, rate=PATCH_RATE) + sounds.noise(3.008, rate=PATCH_RATE) / 10
    mel = PatchMel()
    power = (10 ** torch.from_numpy(log_mel(sound[None])) - 1).mean() / 1e4
    as_loud = (sound * np.sqrt(LEVEL / float(power))).astype(np.float32)
    seen = mel(torch.from_numpy(as_loud)[None])
    np.testing.assert_allclose(seen, log_mel(as_loud[None]), atol=5e-3)
    assert torch.allclose(mel(torch.from_numpy(as_loud / 50)[None]), seen, atol=1e-2)


def test_lessons_bring_a_bank_nearer_to_its_teacher() -> None:
    torch.manual_seed(0)
    taught, config = lessons(), TrainConfig(model=TINY, bank_patches=16, bank_noise=0, bank_dull=0, bank_blend=0)
    learning = Learning(TINY.embedding, taught)
    ear = with_banks(SongEncoder(TINY), [random_weights(0), random_weights(1)], learning, taught)
    before = explained(tell_lessons(ear, taught), learning, taught)
    module, loss = bank_stage(ear, learning, taught, config)
    settled = explained(tell_lessons(ear, taught), learning, taught)
    optimiser = torch.optim.AdamW(module.parameters(), 1e-5)
    for step in range(16):
        loss(np.random.default_rng(step))
        optimiser.step()
    after = explained(tell_lessons(ear, taught), learning, taught)
    for one, two, three in zip(before, settled, after, strict=True):
        assert one < two < three


def test_noise_is_as_loud_as_it_is_said_to_be_and_dull_sound_has_nothing_above() -> None:
    power, quiet = torch.ones(400, 187, 96), TrainConfig(bank_noise=0, bank_dull=0)
    torch.manual_seed(0)
    assert torch.equal(spoiled(power, quiet), power)
    noisy = spoiled(power, TrainConfig(bank_noise=1, bank_noise_db=(10, 10), bank_dull=0)) - power
    assert float(noisy.mean()) == pytest.approx(0.1, rel=0.01) and float(noisy.min()) > 0
    dull = spoiled(power, TrainConfig(bank_noise=0, bank_dull=0.5, bank_ceiling=(4000, 4000)))
    silenced = dull[dull[:, 0, -1] == 0]
    assert 150 < len(silenced) < 250
    assert (silenced[:, :, :60] == 1).all() and (silenced[:, :, 75:] == 0).all()  # the 67th band lies at 4 kHz


def test_what_a_lesson_keeps_is_power_of_one_level() -> None:
    power = torch.stack([swell(0), 30 * swell(0)])
    kept = torch.log10(1e4 * power + 1).half()
    assert torch.allclose(power_of(kept), (power / power.mean((1, 2), keepdim=True)), rtol=0.01, atol=1e-3)


def test_an_ear_given_banks_hears_its_segments_as_before_and_writes_and_reads_them(tmp_path: Path) -> None:
    torch.manual_seed(0)
    ear = SongEncoder(TINY).eval()
    taught = lessons()
    more = with_banks(ear, [random_weights(0), random_weights(1)], Learning(TINY.embedding, taught), taught)
    sound = torch.randn(2, 30_000)
    assert more.config.banks == 2 and more.config.vector == 64 + 400 and torch.equal(more.hear(sound), ear.hear(sound))
    song = sounds.write(tmp_path / "a.wav", sounds.noise(9, rate=PATCH_RATE), PATCH_RATE)
    more.bank_scale.fill_(0.5)
    save_checkpoint(Checkpoint(more, torch.zeros(0, more.config.vector)), tmp_path / "ear.safetensors")
    (embedding,) = Embedder("cpu", tmp_path / "ear.safetensors").embed([song])
    heard = hear_one(song)
    assert isinstance(embedding, Embedding) and isinstance(heard, Heard)
    with torch.inference_mode():
        told = more.tell(torch.from_numpy(heard.patches)).mean(0)
    np.testing.assert_allclose(embedding.vector[64:], 0.5 * told, rtol=0.02, atol=0.02)


def test_both_kinds_of_hearing_share_a_song_as_they_are_told_to() -> None:
    torch.manual_seed(0)
    ear = SongEncoder(ModelConfig(banks=1))
    pooled, told = 5 + 3 * torch.randn(30, 1024), 0.1 * torch.randn(30, HEARD)
    fit_share(ear, pooled, told, 0.5)
    joined = ear.join(pooled, told)
    assert torch.equal(joined[:, :1024], pooled)
    spread = joined[:, 1024:].var(0).sum() / pooled.var(0).sum()
    assert float(spread.sqrt()) == pytest.approx(0.5, rel=1e-3)


def test_only_the_filters_of_a_bank_learn() -> None:
    assert isinstance(module := SongEncoder(ModelConfig(banks=1)).banks[0], nn.Module)
    assert {name.split(".")[0] for name, _ in module.named_parameters()} == {
        "front",
        "layers",
        "dense",
        "scale",
        "shift",
    }


@pytest.mark.skipif(not GUARD.exists(), reason=f"there is no {GUARD}")
def test_nothing_is_written_past_the_memory_that_a_bank_is_given() -> None:
    """oneDNN does so in some layouts of a convolution of one input channel, and that seldom ends in a crash."""
    code = """import torch; from engine.filter_bank import FilterBanks
torch.set_num_threads(1)  # as beside decoders
banks = FilterBanks(1)
with torch.inference_mode():
    for patches in 10 * (1, 4, 9):
        banks(torch.ones(patches, 187, 96))"""
    guarded = os.environ | {"LD_PRELOAD": str(GUARD), "MALLOC_CHECK_": "3"}
    done = subprocess.run([sys.executable, "-c", code], env=guarded, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
