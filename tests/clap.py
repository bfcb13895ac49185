"""A tiny CLAP with random weights, in a folder as the hub has them: nothing is downloaded."""

from pathlib import Path

from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, RobertaTokenizer

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def save_clap(folder: Path, seed: int = 0, fused: bool = False) -> Path:
    """A CLAP of 1 MB that reads letters and hears 48 kHz."""
    import torch
    from tokenizers.pre_tokenizers import ByteLevel

    letters = sorted(ByteLevel.alphabet())
    tokenizer = RobertaTokenizer({token: number for number, token in enumerate([*SPECIAL, *letters])}, [])
    tokenizer.model_max_length = 64
    text = {"vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 32, "max_position_embeddings": 80, "projection_dim": 16}  # fmt: skip
    audio = {"patch_embeds_hidden_size": 8, "hidden_size": 64, "depths": [1, 1, 1, 1], "projection_dim": 16,
             "num_attention_heads": [1, 1, 2, 2], "enable_fusion": fused}  # fmt: skip
    torch.manual_seed(seed)
    model = ClapModel(ClapConfig(text_config=text, audio_config=audio, projection_dim=16))
    for tensor in model.parameters():  # as they begin, all sounds would be nearly the same
        torch.nn.init.normal_(tensor, std=0.2) if tensor.ndim > 1 else None
    model.save_pretrained(folder)
    ClapFeatureExtractor(truncation="rand_trunc", padding="repeatpad").save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
