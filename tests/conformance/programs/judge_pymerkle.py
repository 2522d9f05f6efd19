"""A tree made by pymerkle from a ledger's entries, and inclusion proofs judged by it: claims on standard
input, and beside them ``entries`` in hex and the ``sizes`` whose roots are to be told.

It knows no notes, and its consistency proofs go down to a leaf where those of RFC 6962 end above: so growth
is shown by the root that the tree had at the older size. Run by the Python that has it, as a program of its
own: it is GPL, and nothing of ours is linked with it.
"""

import json
import sys
from typing import Any

from pymerkle import InmemoryTree, InvalidProof, verify_inclusion
from pymerkle.core import _inclusion_path_layout
from pymerkle.proof import InclusionProof


def verdict(claim: dict[str, Any], size: int, root: bytes) -> str:
    """Why the proof is refused, or nothing. pymerkle counts leaves from 1 and names the side of each hash."""
    index = claim["index"] + 1
    try:
        rule, _ = _inclusion_path_layout(index, size)
        path = [bytes.fromhex(each) for each in [claim["leaf"], *claim["proof"]]]
        proof = InclusionProof("sha256", True, size, index, rule, path)
        verify_inclusion(path[0], root, proof, index=index, size=size, algorithm="sha256")
    except InvalidProof as error:
        return str(error)
    return ""


claims = json.load(sys.stdin)
tree = InmemoryTree(algorithm="sha256")
for entry in claims["entries"]:
    tree.append_entry(bytes.fromhex(entry))
root = tree.get_state()
found = {
    "roots": [tree.get_state(size).hex() for size in claims["sizes"]],
    "inclusion": [verdict(claim, len(claims["entries"]), root) for claim in claims["inclusion"]],
}
print(json.dumps(found))
