"""Tell us once: what the provider said and attached in its other bids, and its own documents, offered for this one.

An offer is what its own people wrote in another bid of theirs, or keep among their documents: nobody else's is ever
read, and nothing is copied before somebody has seen it and said so.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.bidding.closing import Entered, lock_bid, require_open
from portal.bidding.contents import Content
from portal.bidding.documents import put_file
from portal.bidding.drafting import Put, change_draft, keep_answers, put_answers, read_draft
from portal.bidding.models import Bid
from portal.bidding.states import DraftAct
from portal.bidding.stored_files import read_stored_file
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, SealBroken
from portal.core.inspecting import Inspected
from portal.core.keeping import read_kept
from portal.core.parsing.text import one_line
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.core.words import london_date
from portal.joining.evidence import evidence_of, kind_words
from portal.joining.models import Evidence
from portal.tendering.models import InvitationToTender
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.states import QuestionKind

MOST_BIDS = 10
"""Other bids that are looked through, the ones that were saved last."""
NEVER = frozenset({QuestionKind.DECLARATION, QuestionKind.PRICE_SCHEDULE})
"""What is declared and what is charged is said for each bid anew."""


@dataclass(frozen=True)
class OfferedAnswer:
    """What another bid answered to the same question."""

    asked: Asked
    text: str
    source: Bid

    @property
    def id(self) -> str:
        """What it is chosen by: another as soon as the other bid says something else."""
        return f"answer-{self.asked.key}-{_digest(str(self.source.id), self.text)}"

    @property
    def shown(self) -> str:
        """As people read it."""
        return self.asked.shown({self.asked.key: self.text}).text

    @property
    def fault(self) -> str | None:
        """Why it cannot be submitted as it is: this question may have another limit."""
        return self.asked.fault({self.asked.key: self.text})

    @property
    def is_usual(self) -> bool:
        """Whether it is chosen until somebody says otherwise."""
        return self.fault is None


@dataclass(frozen=True)
class OfferedFile:
    """A file of another bid, or one of the provider's own documents, for a question that takes files."""

    asked: Asked
    name: str
    sha256: str
    where: str
    is_usual: bool
    read: Callable[[FileStore], bytes]
    media_type: str

    @property
    def id(self) -> str:
        """What it is chosen by."""
        return f"file-{self.asked.key}-{_digest(self.where, self.name, self.sha256)}"


Offer = OfferedAnswer | OfferedFile


def offers_for(
    *, bid: Bid, questions: Sequence[Asked], actor: Actor, keys: KeyFolder, today: date
) -> tuple[list[OfferedAnswer], list[OfferedFile]]:
    """What can be used again for questions that the draft leaves open, the newest of each; raises `NotFound`."""
    content = read_draft(bid=bid, actor=actor, keys=keys)
    others = [
        (other, read_draft(bid=other, actor=actor, keys=keys), _keys_by_words(other)) for other in _other_bids(bid)
    ]
    documents = _documents(bid, today)
    answers: dict[str, OfferedAnswer] = {}
    files: dict[str, OfferedFile] = {}
    for asked in questions:
        for other, said, keys_by_words in others:
            for same in keys_by_words.get(_words_of(asked), ()):
                text = said.answers.get(same, "")
                if text and not content.answers.get(asked.key):
                    answers.setdefault(asked.key, OfferedAnswer(asked, text, other))
                for offered in _files_of(asked, same, other, said):
                    files.setdefault(f"{asked.key} {offered.sha256}", offered)
        for document in documents if asked.kind.takes_files else ():
            files.setdefault(f"{asked.key} {document.sha256}", _of_document(asked, document))
    attached = {f"{entry['question']} {entry['sha256']}" for entry in content.files}
    return list(answers.values()), [offer for place, offer in files.items() if place not in attached]


def use_offers(
    *, bid: Bid, offers: Sequence[Offer], chosen: Collection[str], actor: Actor, keys: KeyFolder, files: FileStore
) -> list[str]:
    """Put the chosen offers into the draft, and return what could not be put there, in words.

    Consequences: as for `save_answers` and `attach_files`, in one save; an answer that was given meanwhile stays.
    Raises `TooLate` from the closing instant on.
    """
    policy.require(actor, Verb.DRAFT, bid)
    taken = [offer for offer in offers if offer.id in chosen]
    # Reading may take seconds: not under the lock.
    read = [(offer, _bytes_of(offer, files)) for offer in taken if isinstance(offer, OfferedFile)]
    said = {offer.asked.key: offer.text for offer in taken if isinstance(offer, OfferedAnswer)}
    entered = lock_bid(bid)
    require_open(entered)
    put, left = Put(), list[str]()

    def change(content: Content) -> None:
        open_still = {key: text for key, text in said.items() if not content.answers.get(key)}
        put_answers(content, entered, open_still, {}, put)
        left.extend(f"“{prompt}” was answered meanwhile: that answer stays." for prompt in _prompts(entered, said, put))
        for offer, found in read:
            if isinstance(found, str):
                left.append(found)
                continue
            full = put_file(bid, entered, content, offer.asked.key, *found, actor, files)
            left.extend([full] if full else [])

    change_draft(bid, entered, actor, keys, change, DraftAct.REUSE)
    keep_answers(entered, put, actor, keys)
    return left


def _other_bids(bid: Bid) -> Sequence[Bid]:
    itt = joinedload(Bid.itt)
    return db.session.scalars(
        select(Bid)
        .where(Bid.provider_id == bid.provider_id, Bid.id != bid.id, Bid.draft_sealed.is_not(None))
        .order_by(Bid.draft_saved_at.desc(), Bid.id)
        .limit(MOST_BIDS)
        .options(itt.selectinload(InvitationToTender.questions), selectinload(Bid.lot))
    ).all()


def _keys_by_words(other: Bid) -> Mapping[tuple[QuestionKind, str], list[str]]:
    """Where the other bid answers what can be used again, by what makes two questions the same."""
    found = defaultdict(list)
    for question in other.itt.questions:
        if question.kind not in NEVER:
            found[_words_of(question.asked)].append(question.key)
    return found


def _words_of(asked: Asked) -> tuple[QuestionKind, str]:
    return asked.kind.name, one_line(asked.prompt).casefold()


def _files_of(asked: Asked, key: str, other: Bid, said: Content) -> Iterator[OfferedFile]:
    for entry in said.files_of(key):
        read = partial(_read_of_bid, other, entry)
        where = f"Attached to {other.reference}: {other.itt.title}"
        yield OfferedFile(asked, entry["name"], entry["sha256"], where, True, read, entry["media_type"])


def _read_of_bid(other: Bid, entry: dict[str, str], files: FileStore) -> bytes:
    return read_stored_file(bid=other, entry=entry, files=files)


def _documents(bid: Bid, today: date) -> list[Evidence]:
    hold = [each for each in evidence_of(bid.provider_id) if each.expires_on is None or each.expires_on >= today]
    return sorted(hold, key=lambda each: each.kind)


def _of_document(asked: Asked, document: Evidence) -> OfferedFile:
    until = f", holds until {london_date(document.expires_on)}" if document.expires_on else ""
    where = f"Your documents: {kind_words(document.kind)}{until}"
    read = partial(_read_of_document, document)
    return OfferedFile(asked, document.file_name, document.sha256, where, False, read, document.media_type)


def _read_of_document(document: Evidence, files: FileStore) -> bytes:
    return read_kept(document, files=files)


def _bytes_of(offer: OfferedFile, files: FileStore) -> tuple[Inspected, bytes] | str:
    """The file with what the scanner says of it today, or why it cannot be used."""
    try:
        data = offer.read(files)
        return Inspected(offer.name, offer.media_type, files.scanner.scan(offer.name, data)), data
    except (NotFound, SealBroken):
        return f"{offer.name} could not be read any more."
    except InvalidInput as found:
        return found.message


def _prompts(entered: Entered, said: Collection[str], put: Put) -> list[str]:
    """The questions whose offered answer was not put in."""
    return [each.prompt for each in entered.questions if each.key in said and f"answers-{each.key}" not in put.changes]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
