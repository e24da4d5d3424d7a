"""Walking over tokens: what both halves of the parser share."""

from __future__ import annotations

from typing import NoReturn

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.lexer import RESERVED, Token, string_value, tokenize

_CLAUSE_STARTS = {
    "LIMIT": ("integer", "ALL", "?"),
    "OFFSET": ("integer", "?"),
    "FETCH": ("FIRST", "NEXT"),
    "TABLESAMPLE": ("BERNOULLI", "SYSTEM"),
    "MATCH_RECOGNIZE": ("(",),
}


class TokenWalker:
    """A cursor over the tokens of one statement."""

    def __init__(self, sql: str, start: int = 0) -> None:
        self.sql = sql
        self.tokens = tokenize(sql, start)
        self.position = 0
        self.parameters = 0
        self.query_starts: dict[int, bool] = {}  # for each bracket seen: does a query follow?

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.position]

    def ahead(self, count: int = 1) -> Token:
        """Return a token further on."""
        return self.tokens[min(self.position + count, len(self.tokens) - 1)]

    def at_words(self, *words: str) -> bool:
        """Whether these words or symbols come next."""
        token = self.tokens[self.position]
        if token.upper != words[0] or token.kind not in ("word", "symbol"):
            return False
        return len(words) == 1 or all(
            self.ahead(i).upper == word and self.ahead(i).kind in ("word", "symbol")
            for i, word in enumerate(words)
        )

    def take(self, *words: str) -> bool:
        """Consume these words or symbols if they come next."""
        if self.at_words(*words):
            self.position += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str:
        """Consume one of these words if it comes next; it, or an empty string."""
        if self.token.kind in ("word", "symbol") and self.token.upper in words:
            return self.advance().upper
        return ""

    def need(self, *words: str) -> None:
        """Consume these words or symbols, or fail."""
        for word in words:
            if not self.take(word):
                self.mismatch(f"'{word}'")

    def advance(self) -> Token:
        """Consume the next token."""
        token = self.token
        self.position += 1
        return token

    def mismatch(self, expecting: str = "") -> NoReturn:
        """Fail at the next token, as Trino's parser says it."""
        hint = f". Expecting: {expecting}" if expecting else ""
        message = f"mismatched input '{self.token.text}'{hint}"
        raise TrinoError("SYNTAX_ERROR", message, *self.token.at)

    def unsupported(self, what: str) -> NoReturn:
        """Fail at the next token for a construct that the local Athena lacks."""
        raise TrinoError("NOT_SUPPORTED", f"{what} is not supported", *self.token.at)

    def at_identifier(self) -> bool:
        """Whether an identifier comes next."""
        token = self.token
        return token.kind == "quoted" or (token.kind == "word" and token.upper not in RESERVED)

    def identifier(self) -> str:
        """Consume an identifier; names are case-insensitive, so it comes in lower case."""
        return self.heading().lower()

    def heading(self) -> str:
        """Consume an identifier that may head a column, in the casing that was chosen for it."""
        if not self.at_identifier():
            self.mismatch("<identifier>")
        token = self.advance()
        return string_value(token.text) if token.kind == "quoted" else token.text

    def at_alias(self) -> bool:
        """Whether an alias without AS comes next, not the start of a clause."""
        if not self.at_identifier():
            return False
        starts = _CLAUSE_STARTS.get(self.token.upper)
        follower = self.ahead()
        if starts is not None and (follower.kind in starts or follower.upper in starts):
            return False
        return not (self.token.upper == "WINDOW" and self.ahead(2).upper == "AS")

    def headings(self) -> tuple[str, ...]:
        """Consume names of columns in brackets, if they come next."""
        if not self.take("("):
            return ()
        names = [self.heading()]
        while self.take(","):
            names.append(self.heading())
        self.need(")")
        return tuple(names)

    def type_text(self, *ends: str) -> str:
        """Consume a type up to one of these words or symbols, and give its text."""
        start, depth = self.token.offset, 0
        while depth or self.token.upper not in ends or self.at_words("WITH", "TIME"):
            if self.token.kind == "end":
                self.mismatch("<type>")
            depth += (self.token.text == "(") - (self.token.text == ")")
            self.advance()
        return self.sql[start : self.token.offset]


class Grammar(TokenWalker):
    """The rules that the parser's parts need of each other."""

    def query(self) -> n.Query:
        """Parse a query; the query parser has it."""
        raise NotImplementedError

    def expression(self) -> n.Node:
        """Parse an expression; the expression parser has it, as what follows."""
        raise NotImplementedError

    def expressions(self) -> tuple[n.Node, ...]:
        """Parse expressions with commas between them."""
        raise NotImplementedError

    def value(self) -> n.Node:
        """Parse an expression without predicates."""
        raise NotImplementedError

    def named(self) -> n.Node:
        """Parse an identifier, a lambda of one parameter, or a function call."""
        raise NotImplementedError

    def column_name(self) -> n.Name:
        """Parse the name of a column."""
        raise NotImplementedError
