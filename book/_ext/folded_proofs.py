"""Fold a `{prf:proof}` of class `dropdown`, and give no two elements of a page the same id.

sphinx-proof draws a proof without a title bar. sphinx-togglebutton looks for one, fails, and then leaves every later
solution on the page open as well. A `<details>` element needs no script. Both sphinx-proof and sphinx-exercise also
give the same id to every body ("proof", "proof-content", ...), which is invalid where two stand on a page.
"""

from collections import Counter
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_proof.nodes import proof_node

OPENING = "Proof. "
SHARED_IDS = {"proof", "proof-content", "exercise-content", "solution-content"}


def prepare(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the proofs to fold, take the word "Proof." from their text (the fold bears it), and number shared ids."""
    used: Counter[str] = Counter()
    for element in doctree.findall(nodes.Element):
        for position, name in enumerate(element.get("ids", [])):
            if name in SHARED_IDS:
                used[name] += 1
                element["ids"][position] = f"{name}-{used[name]}"
    for proof in doctree.findall(proof_node):
        body = next(proof.findall(nodes.admonition))
        proof["folded"] = "dropdown" in body["classes"]
        if proof["folded"]:
            body["classes"].remove("dropdown")
            first = next(body.findall(nodes.Text))
            if first.startswith(OPENING):
                first.parent.replace(first, nodes.Text(first.removeprefix(OPENING)))


def open_proof(translator: HTML5Translator, node: proof_node) -> None:
    if node.get("folded"):
        translator.body.append('<details class="folded-proof"><summary>Proof</summary>\n')


def close_proof(translator: HTML5Translator, node: proof_node) -> None:
    if node.get("folded"):
        translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("sphinx_proof")
    app.connect("doctree-read", prepare)
    app.add_node(proof_node, override=True, html=(open_proof, close_proof))
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
