"""MiniLM, the small sentence encoder: 23 MB in whole numbers of 8 bits, two milliseconds a sentence on one core.

Its published weights come as a model of the catalogue (`frontdesk models fetch`) and are what tuning starts from. A
tuned one lies in the folder of the intents it was tuned for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import UnderstandingError
from bot.nlu.encoder import Vectors
from bot.nlu.minilm_graph import WIDTH, Weights, minilm, read_safetensors

MODEL = "all-minilm-l6-v2"
"""Its name in the catalogue."""

WEIGHTS, TOKENIZER, GRAPH = "model.safetensors", "tokenizer.json", "encoder.onnx"
TOKENS = 128
"""Longer sentences are cut: it never learnt from longer ones."""

BATCH = 32


class MiniLm:
    """Implements `Encoder`. `folder` holds `encoder.onnx` and `tokenizer.json`; raises UnderstandingError otherwise."""

    dimensions = WIDTH

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        try:
            self._tokenizer = read_tokenizer(folder)
            self._session = _session(folder / GRAPH)
        except Exception as error:  # both libraries raise bare exceptions of their own
            message = f"The sentence encoder in {folder} cannot be read; make it anew: frontdesk nlu tune."
            raise UnderstandingError("understanding.encoder", message) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = tokenize(self._tokenizer, texts)
        order = sorted((row for row, text in enumerate(texts) if text), key=lambda row: len(tokens[row]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            ids = np.zeros((len(rows), len(tokens[rows[-1]])), dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, row in enumerate(rows):
                ids[line, : len(tokens[row])] = tokens[row]
                mask[line, : len(tokens[row])] = 1
            found[rows] = self._session.run(None, {"ids": ids, "mask": mask})[0]
        return found


def read_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The published numbers by name. Raises UnderstandingError."""
    try:
        return read_safetensors(folder / WEIGHTS)
    except (OSError, ValueError, KeyError) as error:
        message = f"The weights in {folder} cannot be read; fetch them anew: frontdesk models fetch."
        raise UnderstandingError("understanding.weights", message) from error


def read_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer  # late: the quick encoder needs none

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


def tokenize(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    return [found.ids for found in tokenizer.encode_batch(list(texts))]


def write_encoder(weights: Weights, tokenizer: Path, folder: Path) -> None:
    """A tuned encoder as `MiniLm` reads it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / GRAPH).write_bytes(minilm(weights))
    (folder / TOKENIZER).write_bytes(tokenizer.read_bytes())


def _session(path: Path) -> Any:
    """One thread, because calls run side by side; no arena, which would keep the memory of the longest sentence."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
