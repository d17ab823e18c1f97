"""Verify the ledger: recompute every hash in the database, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from portal.core.columns import db

# `event_hash` is the function that the trigger uses: one definition, in the first migration.
_FINDINGS = text(
    """
    WITH walked AS (
        SELECT chain, seq, prev, hash,
               event_hash(event) AS expected,
               lag(hash) OVER (PARTITION BY chain ORDER BY seq) AS before,
               lag(seq) OVER (PARTITION BY chain ORDER BY seq) AS seq_before
        FROM event
    )
    SELECT chain, seq,
           CASE WHEN hash <> expected THEN 'the entry was changed'
                WHEN seq <> coalesce(seq_before, 0) + 1 THEN 'an entry before it is missing'
                ELSE 'it does not follow the entry before it' END AS finding
    FROM walked
    WHERE hash <> expected OR seq <> coalesce(seq_before, 0) + 1
       OR prev <> coalesce(before, sha256(convert_to(chain, 'UTF8')))
    UNION ALL
    SELECT head.chain, head.seq, 'the end of the chain is missing'
    FROM chain_head head
    LEFT JOIN event ON event.chain = head.chain AND event.seq = head.seq AND event.hash = head.hash
    WHERE event.id IS NULL
    UNION ALL
    SELECT DISTINCT event.chain, 0, 'the chain has no head'
    FROM event LEFT JOIN chain_head head ON head.chain = event.chain
    WHERE head.chain IS NULL
    ORDER BY 1, 2
    """
)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the ledger: where, and what."""

    chain: str
    seq: int
    finding: str


@dataclass(frozen=True)
class Verification:
    """How many entries and chains were checked, and what was found."""

    events: int
    chains: int
    findings: tuple[Finding, ...]


def verify_ledger() -> Verification:
    """Recompute and compare every entry of every chain; an empty `findings` means that the ledger is sound.

    It finds changed, removed, inserted and swapped entries. Removing the newest entries together with the head
    cannot be seen from inside the database: that is what receipts held by bidders are for.
    """
    findings = tuple(Finding(row.chain, row.seq, row.finding) for row in db.session.execute(_FINDINGS))
    counted = db.session.execute(text("SELECT count(*) AS events, count(DISTINCT chain) AS chains FROM event")).one()
    return Verification(counted.events, counted.chains, findings)
