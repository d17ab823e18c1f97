"""The one exception of the engine, and the code of every refusal."""

from enum import StrEnum


class Code(StrEnum):
    """The reason of a refusal, one code per kind of fault (the scoring rules, docs/scoring.md section 2)."""

    NOT_READABLE = "not_readable"  # the file cannot be opened
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"  # above MAX_BYTES, MAX_BRACKETS or MAX_CELLS
    TOO_DEEP = "too_deep"  # above MAX_DEPTH, or deeper than the JSON reader goes
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    WRONG_TYPE = "wrong_type"
    NUMBER_FORMAT = "number_format"
    TEXT = "text"  # blank, too long, or not a Unicode text
    UNKNOWN_VALUE = "unknown_value"  # combine, normalise, mode or ranking outside its list
    OUT_OF_RANGE = "out_of_range"  # quorum, places and winners
    SCALE_GRID = "scale_grid"
    SCALE_NORMALISE = "scale_normalise"
    SCALE_BANDS = "scale_bands"
    QUORUM_NOT_ALLOWED = "quorum_not_allowed"
    NO_CRITERIA = "no_criteria"
    CRITERION_KIND = "criterion_kind"
    DUPLICATE_ID = "duplicate_id"
    RESERVED_ID = "reserved_id"
    WEIGHTS_TOTAL = "weights_total"
    SHARES_TOTAL = "shares_total"
    WEIGHT_SIGN = "weight_sign"
    PILOT_COUNTS = "pilot_counts"
    MINIMUM_OFF_SCALE = "minimum_off_scale"
    UNKNOWN_PANEL = "unknown_panel"
    UNKNOWN_SCALE = "unknown_scale"
    UNKNOWN_BID = "unknown_bid"
    UNKNOWN_CRITERION = "unknown_criterion"
    PRICE_FORMULA = "price_formula"
    PRICE_PARAMETERS = "price_parameters"
    RANKING_PRICE_LEAF = "ranking_price_leaf"
    TIE_BREAK = "tie_break"
    NO_BIDS = "no_bids"
    PRICE_MISSING = "price_missing"
    PRICE_NOT_POSITIVE = "price_not_positive"
    NOT_THIS_PANEL = "not_this_panel"
    NOT_AGREED_PANEL = "not_agreed_panel"
    SCORE_OFF_SCALE = "score_off_scale"
    SCORE_OFF_STEP = "score_off_step"
    DUPLICATE_SCORE = "duplicate_score"
    DUPLICATE_RECUSAL = "duplicate_recusal"
    MISSING_SCORE = "missing_score"
    MISSING_AGREED = "missing_agreed"
    MISSING_REASON = "missing_reason"
    BELOW_QUORUM = "below_quorum"
    ZERO_TOTAL = "zero_total"


class InvalidCase(ValueError):
    """A method or a case that the engine will not execute.

    `code` is one of Code, `message` one sentence for a person, `where` a JSON Pointer (RFC 6901) into the
    document that was given: "" is the whole of it.

    >>> InvalidCase(Code.NO_BIDS, "There is no bid.", "/bids").to_dict()
    {'code': 'no_bids', 'message': 'There is no bid.', 'where': '/bids'}
    """

    def __init__(self, code: Code, message: str, where: str = "") -> None:
        super().__init__(f"{message} ({code.value} at {where or 'the whole document'})")
        self.code = code
        self.message = message
        self.where = where

    def __reduce__(self) -> tuple[type["InvalidCase"], tuple[Code, str, str]]:
        return InvalidCase, (self.code, self.message, self.where)

    def to_dict(self) -> dict[str, str]:
        """Return the refusal as the command line prints it."""
        return {"code": self.code.value, "message": self.message, "where": self.where}
