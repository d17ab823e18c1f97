"""The fingerprint of a method: equal for equal methods however they are written down."""

import hashlib
import json
from typing import Any

from tender_scoring.method import Method
from tender_scoring.method_reading import read_method


def method_hash(method: Method | dict[str, Any]) -> str:
    """Return the SHA-256 (hex) of a method's canonical JSON.

    Defaults are filled in, decimals lose superfluous zeros, keys are sorted, lists keep their order, there
    are no spaces and the text is UTF-8: "4" and "4.0", or another order of keys, make no difference.
    """
    stated = (method if isinstance(method, Method) else read_method(method)).to_dict()
    text = json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
