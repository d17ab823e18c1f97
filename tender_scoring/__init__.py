"""The method statement as code: exact, explained, knowing nothing of any portal.

The rules it executes are described in docs/scoring.md.
"""

from tender_scoring.case import Case
from tender_scoring.case_reading import case_from, read_case
from tender_scoring.diagnosing import Diagnostics, diagnose
from tender_scoring.effects import Background
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.evaluation import evaluate
from tender_scoring.explaining import explain
from tender_scoring.hashing import method_hash
from tender_scoring.method import Method
from tender_scoring.result import Result, Step
from tender_scoring.weights import EffectiveWeight, effective_weights, validate_method

__all__ = [
    "Background",
    "Case",
    "Code",
    "Diagnostics",
    "EffectiveWeight",
    "InvalidCase",
    "Method",
    "Result",
    "Step",
    "case_from",
    "diagnose",
    "effective_weights",
    "evaluate",
    "explain",
    "method_hash",
    "read_case",
    "validate_method",
]
