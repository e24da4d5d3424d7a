"""What operators stand between: literals, names, calls, brackets and lambdas."""

from __future__ import annotations

import re
from typing import NoReturn

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.lexer import RESERVED, string_value
from local_aws.trino.syntax.special import SpecialParser

_CURRENT = (
    *("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"),
    *("CURRENT_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH"),
)
_UNITS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")


class PrimaryParser(SpecialParser):
    """Parser of the parts of an expression; that of operators builds on it."""

    def primary(self) -> n.Node:
        token = self.token
        if token.kind in ("integer", "decimal", "double"):
            self.advance()
            return n.Literal(token.at, token.kind, token.text.replace("_", ""))
        if token.kind == "string":
            self.advance()
            return n.Literal(token.at, "string", string_value(token.text))
        if token.kind == "binary":
            self.advance()
            return n.Literal(token.at, "binary", token.text[2:-1])
        if token.kind == "unicode":
            return self.unicode_string()
        if token.kind == "symbol":
            return self.symbol()
        if token.kind == "quoted":
            return self.named()
        if token.kind == "word":
            return self.word()
        self.mismatch("<expression>")

    def unicode_string(self) -> n.Node:
        """Parse U&'…', whose escapes are a mark and four digits, or a mark, + and six."""
        token = self.advance()
        mark = string_value(self.advance().text) if self.take("UESCAPE") else "\\"
        text = string_value(token.text[2:])
        one = re.escape(mark)
        pieces = re.split(rf"({one}{one}|{one}\+[0-9A-Fa-f]{{6}}|{one}[0-9A-Fa-f]{{4}})", text)
        for i, piece in enumerate(pieces):
            if i % 2 == 0 and mark in piece:
                raise TrinoError("SYNTAX_ERROR", "Invalid Unicode escape sequence", *token.at)
            if i % 2:
                code = piece[1:].lstrip("+")
                pieces[i] = mark if code == mark else chr(int(code, 16))
        return n.Literal(token.at, "string", "".join(pieces))

    def symbol(self) -> n.Node:
        token = self.token
        if self.take("?"):
            self.parameters += 1
            return n.Parameter(token.at, self.parameters - 1)
        if token.text != "(":
            self.mismatch("<expression>")
        if self.lambda_ahead():
            params = self.lambda_params()
            self.need("->")
            return n.Lambda(token.at, params, self.expression())
        if self.starts_query():
            saved = self.position
            try:
                self.advance()
                query = self.query()
                self.need(")")
                return n.Subquery(token.at, query)
            except TrinoError as error:
                if self.tokens[saved + 1].text != "(":
                    raise
                self.position = saved
                return self.bracketed(error)
        return self.bracketed(None)

    def bracketed(self, earlier: TrinoError | None) -> n.Node:
        """Parse (a) or the row (a, b); an earlier failure is told if it got further."""
        at = self.advance().at
        try:
            items = self.expressions()
            self.need(")")
        except TrinoError as error:
            if earlier is not None and (earlier.line, earlier.column) > (error.line, error.column):
                raise earlier from None
            raise
        return items[0] if len(items) == 1 else n.Row(at, items)

    def lambda_ahead(self) -> bool:
        """Whether (a, b) -> comes next."""
        ahead = 1
        while self.ahead(ahead).kind in ("word", "quoted") or self.ahead(ahead).text == ",":
            ahead += 1
        return self.ahead(ahead).text == ")" and self.ahead(ahead + 1).text == "->"

    def lambda_params(self) -> tuple[str, ...]:
        if self.at_words("(", ")"):
            self.need("(", ")")
            return ()
        return tuple(name.lower() for name in self.headings())

    def word(self) -> n.Node:
        token = self.token
        word = token.upper
        special = _SPECIAL.get(word)
        if special is not None and (word in RESERVED or self.ahead().text in ("(", "[")):
            return special(self)
        if word == "INTERVAL" and (self.ahead().kind == "string" or self.ahead().text in "+-"):
            return self.interval()
        if word in ("TRUE", "FALSE", "NULL"):
            self.advance()
            return n.Literal(token.at, "null" if word == "NULL" else "boolean", word)
        if word in _CURRENT:
            return self.current()
        if word == "JSON_TABLE":
            self.unsupported(word)
        if word in RESERVED:
            self.mismatch("<expression>")
        if self.ahead().kind == "string":
            self.advance()
            return n.TypedLiteral(token.at, word.lower(), string_value(self.advance().text))
        if (
            word == "DOUBLE"
            and self.ahead().upper == "PRECISION"
            and self.ahead(2).kind == "string"
        ):
            self.need("DOUBLE", "PRECISION")
            return n.TypedLiteral(token.at, "double", string_value(self.advance().text))
        return self.named()

    def named(self) -> n.Node:
        """Parse an identifier, a lambda of one parameter, or a function call."""
        at = self.token.at
        saved = self.position
        name = self.identifier()
        if self.take("->"):
            return n.Lambda(at, (name,), self.expression())
        while self.at_words(".") and self.ahead().kind in ("word", "quoted"):
            if self.ahead(2).text not in (".", "("):
                break
            self.advance()
            name = self.identifier()
        if self.at_words("("):
            return self.call(at, name)
        self.position = saved
        return self.column_name()

    def column_name(self) -> n.Name:
        at = self.token.at
        written = self.heading()
        return n.Name(at, written.lower(), written)

    def interval(self) -> n.Node:
        at = self.advance().at
        negative = self.take_any("+", "-") == "-"
        if self.token.kind != "string":
            self.mismatch("<string>")
        text = string_value(self.advance().text)
        unit = self.take_any(*_UNITS)
        if not unit and not negative and self.at_alias():  # a type INTERVAL, and a column's name
            return n.TypedLiteral(at, "INTERVAL", text)
        if not unit:
            self.mismatch_unit()
        to = ""
        if self.take("TO"):
            to = self.take_any(*_UNITS) or self.mismatch_unit()
        return n.IntervalLiteral(at, negative, text, unit, to)

    def mismatch_unit(self) -> NoReturn:
        """Fail where a unit of an interval is missing."""
        self.mismatch("'DAY', 'HOUR', 'MINUTE', 'MONTH', 'SECOND', 'YEAR'")

    def current(self) -> n.Node:
        token = self.advance()
        precision = None
        if self.at_words("(") and self.ahead().kind == "integer":
            self.advance()
            precision = int(self.advance().text)
            self.need(")")
        return n.Current(token.at, token.upper.lower(), precision)

    def starts_query(self) -> bool:
        """Whether a query may come next, perhaps in brackets."""
        at = self.position
        while at not in self.query_starts and self.tokens[at].text == "(":
            at += 1
        token = self.tokens[at]
        words = ("SELECT", "WITH", "VALUES", "TABLE")
        found = self.query_starts.get(at, token.kind == "word" and token.upper in words)
        self.query_starts.update(dict.fromkeys(range(self.position, at), found))
        return found


_SPECIAL = {
    "CASE": PrimaryParser.case,
    "CAST": PrimaryParser.cast,
    "TRY_CAST": PrimaryParser.cast,
    "EXISTS": PrimaryParser.exists,
    "ROW": PrimaryParser.row,
    "ARRAY": PrimaryParser.array,
    "EXTRACT": PrimaryParser.extract,
    "POSITION": PrimaryParser.position_in,
    "SUBSTRING": PrimaryParser.substring,
    "TRIM": PrimaryParser.trim,
    "NORMALIZE": PrimaryParser.normalize,
    "GROUPING": PrimaryParser.grouping,
    "LISTAGG": PrimaryParser.listagg,
    "JSON_OBJECT": PrimaryParser.json_object,
    "JSON_ARRAY": PrimaryParser.json_array,
    "JSON_VALUE": PrimaryParser.json_value,
    "JSON_QUERY": PrimaryParser.json_query,
    "JSON_EXISTS": PrimaryParser.json_exists,
}
