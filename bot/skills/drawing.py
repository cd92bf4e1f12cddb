"""A skill as a diagram (SVG): steps in layers from top to bottom, answers on the lines between them.

A small layered layout (Sugiyama, Tagawa, Toda, 1981: layers by longest way, order by the mean place of what comes
before); graphviz would do it nicer, but is a program that many computers do not have.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.skills.model import Skill, Step
from bot.skills.paths import START, Edge, explore

WIDTH, LINE, PAD, GAP_X, GAP_Y, MARGIN, BEND = 210, 17, 12, 40, 62, 24, 20
"""Pixels: of a box, of a line of text, within a box, between boxes, around it all, of a line that passes."""
LETTERS = 30
"""That fit into a box."""
COLOURS = {"start": "#e8eefc", "ask": "#ffffff", "say": "#f4f1e6", "finish": "#e5f5e9"}


@dataclass(frozen=True, slots=True)
class Box:
    kind: str
    lines: tuple[str, ...]
    x: float
    y: float
    height: float
    """Of a line that passes: the row's."""

    @property
    def width(self) -> float:
        return BEND if self.kind == "bend" else WIDTH

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


def draw(skill: Skill) -> str:
    """An SVG document. Steps nobody reaches are not in it; `check` names them."""
    edges = explore(skill).edges
    depth = _depths(edges)
    routes = _routes(edges, depth)
    boxes = _placed(skill, _layers(depth, routes))
    right = max(box.x + box.width for box in boxes.values()) + MARGIN
    bottom = max(box.bottom for box in boxes.values()) + MARGIN
    parts = [_line(route, boxes) for route in routes.values()] + [_box(box) for box in boxes.values() if box.lines]
    parts += [_label(edge, routes[edge], boxes) for edge in edges if edge.answers]
    title = escape(f"{skill.id}: {skill.title}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" width="{right:.0f}" '
        f'height="{bottom:.0f}" role="img" font-family="sans-serif" font-size="13"><title>{title}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#556"/></marker></defs>' + "".join(parts) + "</svg>\n"
    )


def _depths(edges: list[Edge]) -> dict[int, int]:
    """Every edge leads downwards, because steps follow one another in the file."""
    depth: dict[int, int] = {START: 0}
    for edge in sorted(edges, key=lambda each: each.origin):
        depth[edge.target] = max(depth.get(edge.target, 0), depth.get(edge.origin, 0) + 1)
    return depth


def _routes(edges: list[Edge], depth: dict[int, int]) -> dict[Edge, list[int]]:
    """The nodes each line runs through: a bend of its own in every layer it passes, so that it crosses no box."""
    routes, bend = {}, START
    for edge in edges:
        passed = range(depth[edge.origin] + 1, depth[edge.target])
        bends = []
        for layer in passed:
            bend -= 1
            depth[bend] = layer
            bends.append(bend)
        routes[edge] = [edge.origin, *bends, edge.target]
    return routes


def _layers(depth: dict[int, int], routes: dict[Edge, list[int]]) -> list[list[int]]:
    layers: dict[int, list[int]] = defaultdict(list)
    for node, layer in depth.items():
        layers[layer].append(node)
    before: dict[int, list[int]] = defaultdict(list)
    for route in routes.values():
        for origin, target in pairwise(route):
            before[target].append(origin)
    ordered: list[list[int]] = []
    place: dict[int, float] = {}
    for layer in sorted(layers):
        row = sorted(layers[layer], key=lambda node: _mean([place[each] for each in before[node]]))
        place |= {node: number - (len(row) - 1) / 2 for number, node in enumerate(row)}
        ordered.append(row)
    return ordered


def _mean(places: list[float]) -> float:
    return sum(places) / len(places) if places else 0.0


def _placed(skill: Skill, layers: list[list[int]]) -> dict[int, Box]:
    widest = max(map(_row_width, layers))
    boxes: dict[int, Box] = {}
    y = float(MARGIN)
    for row in layers:
        x = MARGIN + (widest - _row_width(row)) / 2
        texts = {node: _text(skill, node) if node >= START else ("bend", ()) for node in row}
        heights = {node: len(lines) * LINE + 2 * PAD for node, (_, lines) in texts.items()}
        tallest = max(heights.values())
        for node, (kind, lines) in texts.items():
            boxes[node] = Box(kind, lines, x, y, heights[node] if lines else tallest)
            x += boxes[node].width + GAP_X
        y += tallest + GAP_Y
    return boxes


def _row_width(row: list[int]) -> float:
    return sum((WIDTH if node >= START else BEND) + GAP_X for node in row) - GAP_X


def _text(skill: Skill, node: int) -> tuple[str, tuple[str, ...]]:
    if node == START:
        return "start", (skill.id.replace("_", " "),)
    step = skill.steps[node]
    if step.ask:
        return "ask", (step.ask.replace("_", " ").upper(), *_wrapped(skill.slots[step.ask].ask[0]))
    if step.say:
        return "say", _wrapped(step.say)
    return "finish", (f"✓ {(step.finish or '').replace('_', ' ')}", *_deeds(skill, step))


def _deeds(skill: Skill, step: Step) -> tuple[str, ...]:
    outcome = skill.outcomes[step.finish or ""]
    deeds = ["stored"]
    if outcome.ticket:
        deeds.append(f"{'to' if outcome.ticket.hand_over else 'ticket for'} {outcome.ticket.queue}")
    deeds += [name for name, deed in (("e-mail", outcome.email), ("webhook", outcome.webhook)) if deed]
    if outcome.appointment:
        deeds.append(f"appointment: {outcome.appointment.service}")
    return _wrapped(", ".join(deeds))


def _wrapped(text: str) -> tuple[str, ...]:
    lines = textwrap.wrap(text, LETTERS)
    return tuple(lines[:4]) if len(lines) <= 4 else (*lines[:3], f"{lines[3][: LETTERS - 1]}…")


def _box(box: Box) -> str:
    text = "".join(_written(box, place, line) for place, line in enumerate(box.lines))
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{box.height:.0f}" rx="9" '
        f'fill="{COLOURS[box.kind]}" stroke="#556"/>{text}'
    )


def _written(box: Box, place: int, line: str) -> str:
    """The name of the slot or outcome stands out."""
    weight = "bold" if place == 0 and box.kind != "say" else "normal"
    x, y = box.x + WIDTH / 2, box.y + PAD + LINE * (place + 0.75)
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-weight="{weight}">{escape(line)}</text>'


def _line(route: list[int], boxes: dict[int, Box]) -> str:
    path = f"M{boxes[route[0]].middle:.0f} {boxes[route[0]].bottom:.0f}"
    for node, following in pairwise(route):
        x1, y1, x2, y2 = boxes[node].middle, boxes[node].bottom, boxes[following].middle, boxes[following].y
        path += f"C{x1:.0f} {(y1 + y2) / 2:.0f} {x2:.0f} {(y1 + y2) / 2:.0f} {x2:.0f} {y2:.0f}"
        if boxes[following].kind == "bend":
            path += f"V{boxes[following].bottom:.0f}"
    return f'<path d="{path}" fill="none" stroke="#556" marker-end="url(#tip)"/>'


def _label(edge: Edge, route: list[int], boxes: dict[int, Box]) -> str:
    """Where the line arrives in the next layer, as lines are apart there."""
    origin, following = boxes[route[0]], boxes[route[1]]
    x = origin.middle + (following.middle - origin.middle) * 0.85
    y = origin.bottom + (following.y - origin.bottom) * 0.7
    text = escape(textwrap.shorten(" · ".join(dict.fromkeys(edge.answers)), 34, placeholder="…"))
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" fill="#124" stroke="#fff" stroke-width="4" '
        f'paint-order="stroke">{text}</text>'
    )
