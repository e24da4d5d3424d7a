"""The JSON functions that have a syntax of their own."""

from __future__ import annotations

from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.grammar import Grammar
from local_aws.trino.syntax.lexer import string_value

_AFTER_TYPE = (
    *("NULL", "ERROR", "DEFAULT", "EMPTY", "WITH", "WITHOUT", "KEEP", "OMIT", "FORMAT"),
    *("TRUE", "FALSE", "UNKNOWN", ")"),
)


class JsonParser(Grammar):
    """Parser of JSON_OBJECT, JSON_ARRAY, JSON_VALUE, JSON_QUERY and JSON_EXISTS."""

    # Paths

    def json_value(self) -> n.Node:
        at, given = self.json_path("JSON_VALUE")
        returning = self.json_type()
        on_empty, on_error = self.json_behaviors()
        self.need(")")
        return n.JsonQuery(
            at, "JSON_VALUE", *given, returning, on_empty=on_empty, on_error=on_error
        )

    def json_query(self) -> n.Node:
        at, given = self.json_path("JSON_QUERY")
        returning = self.json_type()
        if self.at_words("FORMAT", "JSON"):
            self.json_format()
        wrapper = "WITHOUT"
        if self.take("WITHOUT"):
            self.take("ARRAY")
            self.need("WRAPPER")
        elif self.take("WITH"):
            wrapper = self.take_any("CONDITIONAL", "UNCONDITIONAL") or "UNCONDITIONAL"
            self.take("ARRAY")
            self.need("WRAPPER")
        quotes = self.take_any("KEEP", "OMIT")
        if quotes:
            self.need("QUOTES")
            if self.take("ON"):
                self.need("SCALAR")
                self.take("TEXT")
                self.need("STRING")
        on_empty, on_error = self.json_behaviors()
        self.need(")")
        return n.JsonQuery(
            at, "JSON_QUERY", *given, returning, wrapper, quotes or "KEEP", on_empty, on_error
        )

    def json_exists(self) -> n.Node:
        at, given = self.json_path("JSON_EXISTS")
        on_error = None
        place = self.token.at
        kind = self.take_any("TRUE", "FALSE", "UNKNOWN", "ERROR")
        if kind:
            self.need("ON", "ERROR")
            on_error = n.JsonBehavior(place, kind)
        self.need(")")
        return n.JsonQuery(at, "JSON_EXISTS", *given, on_error=on_error)

    def json_path(
        self, name: str
    ) -> tuple[n.At, tuple[n.JsonInput, n.Literal, tuple[tuple[str, n.JsonInput], ...]]]:
        """Parse the input, the path and what is passed to it."""
        at = self.advance().at
        self.need("(")
        given = self.json_input()
        self.need(",")
        token = self.token
        if token.kind != "string":
            self.mismatch("<string>")
        self.advance()
        path = n.Literal(token.at, "string", string_value(token.text))
        if self.at_words("AS"):
            self.unsupported(f"a name of the path in {name}")
        passing = []
        if self.take("PASSING"):
            while True:
                value = self.json_input()
                self.need("AS")
                quoted = self.token.kind == "quoted"
                variable = self.heading()
                passing.append((variable if quoted else variable.upper(), value))
                if not self.take(","):
                    break
        return at, (given, path, tuple(passing))

    def json_input(self) -> n.JsonInput:
        found = self.expression()
        if self.at_words("FORMAT", "JSON"):
            self.json_format()
            return n.JsonInput(found.at, found, formatted=True)
        return n.JsonInput(found.at, found)

    def json_format(self) -> None:
        self.need("FORMAT", "JSON")
        if self.at_words("ENCODING"):
            self.unsupported("ENCODING of JSON")

    def json_type(self) -> str:
        """Parse RETURNING and a type, if they come next."""
        if not self.take("RETURNING"):
            return ""
        return self.type_text(*_AFTER_TYPE).strip()

    def json_behaviors(self) -> tuple[n.JsonBehavior | None, n.JsonBehavior | None]:
        """Parse what is given for nothing, and what on an error, as far as they come next."""
        on_empty, found = None, self.json_behavior()
        if found is not None and self.take("ON", "EMPTY"):
            on_empty, found = found, self.json_behavior()
        if found is not None:
            self.need("ON", "ERROR")
        return on_empty, found

    def json_behavior(self) -> n.JsonBehavior | None:
        """Parse what stands before ON EMPTY or ON ERROR, if it comes next."""
        at = self.token.at
        if self.take("EMPTY"):
            return n.JsonBehavior(at, self.take_any("ARRAY", "OBJECT") or "ARRAY")
        kind = self.take_any("NULL", "ERROR", "DEFAULT")
        if kind == "DEFAULT":
            return n.JsonBehavior(at, kind, self.expression())
        return n.JsonBehavior(at, kind) if kind else None

    # Constructors

    def json_object(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        args: list[n.Node] = []
        while not (self.at_words(")") or self.at_null_rule()):
            keyed = self.at_words("KEY") and self.ahead().text not in (":", ",", ".")
            if keyed:
                self.advance()
            args.append(self.value())
            if not self.take("VALUE"):
                self.need("VALUE" if keyed else ":")
            args.append(self.json_item())
            if not self.take(","):
                break
        return self.json_constructor(at, "json_object", args, keeps_nulls=True)

    def json_array(self) -> n.Node:
        at = self.advance().at
        self.need("(")
        args: list[n.Node] = []
        while not (self.at_words(")") or self.at_null_rule()):
            args.append(self.json_item())
            if not self.take(","):
                break
        return self.json_constructor(at, "json_array", args, keeps_nulls=False)

    def at_null_rule(self) -> bool:
        return self.at_words("NULL", "ON", "NULL") or self.at_words("ABSENT", "ON", "NULL")

    def json_item(self) -> n.Node:
        found = self.json_input()
        return found if found.formatted else found.value

    def json_constructor(
        self, at: n.At, name: str, args: list[n.Node], *, keeps_nulls: bool
    ) -> n.Node:
        """Parse what stands behind the members or items of a JSON constructor."""
        place = self.token.at
        if self.take("NULL", "ON", "NULL"):
            keeps_nulls = True
        elif self.take("ABSENT", "ON", "NULL"):
            keeps_nulls = False
        if self.take("WITHOUT"):
            self.need("UNIQUE")
            self.take("KEYS")
        if self.at_words("WITH"):
            self.unsupported(f"WITH in {name.upper()}")
        if self.at_words("RETURNING") and self.json_type().lower() != "varchar":
            self.unsupported(f"RETURNING another type than varchar in {name.upper()}")
        self.need(")")
        rule = n.Literal(place, "boolean", "TRUE" if keeps_nulls else "FALSE")
        return n.Call(at, name, (*args, rule))
