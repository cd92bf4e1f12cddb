"""`frontdesk nlu export`: all that one business hears, as a folder of Rasa 3 training data.

The files of `nlu_data` are Rasa's already, and go there as they are, marked values included. What Rasa does not see
in them is added: phrases that start skills, phrases that follow from names, and the intents of skills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click


@click.command()
@click.argument("business")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder, made at need.")
def export(business: str, out: Path) -> None:
    """Write the phrases of BUSINESS and a domain.yml for Rasa into a folder, skills and names included."""
    from bot.config import load_settings
    from bot.content.content import load_content
    from bot.errors import ContentError

    root = load_settings().content
    if not (root / business / "business.yml").exists():
        raise ContentError("content.no_business", f"There is no business {business} in {root}.")
    examples = load_content(root / business).examples
    for name, text in training_data(root, business, examples).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    phrases = sum(map(len, examples.values()))
    click.echo(f"{phrases} phrases of {len(examples)} intents are in {out}.", err=True)


def training_data(root: Path, business: str, examples: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Path in the folder → text; `examples` are all phrases of the business. Raises ContentError."""
    from bot.content.yaml_form import read_text
    from bot.nlu.training_data import read_examples

    files = {"nlu.yml": root / "nlu.yml"}
    files |= {f"business/{name}": root / business / name for name in ("nlu.yml", "faq.yml")}
    files = {name: path for name, path in files.items() if path.exists()}
    known = {phrase.lower() for phrases in read_examples(files.values()).values() for phrase in phrases}
    more = {intent: [one for one in said if one.lower() not in known] for intent, said in examples.items()}
    return {
        **{f"data/{name}": read_text(path) for name, path in files.items()},
        "data/added.yml": as_rasa({intent: said for intent, said in more.items() if said}),
        "domain.yml": _domain(read_text(root / "domain.yml"), examples),
    }


def as_rasa(examples: Mapping[str, Sequence[str]]) -> str:
    """Rasa 3.1 training data (rasa.com/docs/rasa/nlu-training-data)."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, phrases in examples.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {phrase}" for phrase in phrases)]
    return "\n".join(lines) + "\n"


def _domain(text: str, examples: Mapping[str, Sequence[str]]) -> str:
    """The common one with the intents of skills; questions are one retrieval intent, `faq`."""
    import yaml

    domain = yaml.safe_load(text)
    domain["intents"] = sorted({*domain["intents"], *(intent.split("/")[0] for intent in examples)})
    return str(yaml.safe_dump(domain, sort_keys=False, allow_unicode=True))
