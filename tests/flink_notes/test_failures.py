"""Java's stack traces become one line and a place."""

import pytest

from flink_notes.failures import FlinkError, read

CALL = "An error occurred while calling o41.executeSql.\n: "
FRAMES = "\n\tat org.apache.flink.table.A.b(A.java:937)\n\t... 15 more\n"


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        (
            "org.apache.flink.table.api.ValidationException: SQL validation failed. From line 2, "
            f"column 8 to line 2, column 11: Column 'nope' not found in any table{FRAMES}"
            "Caused by: org.apache.calcite.runtime.CalciteContextException: From line 2, column 8 "
            f"to line 2, column 11: Column 'nope' not found in any table{FRAMES}"
            "Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Column 'nope' not "
            f"found in any table{FRAMES}",
            "Column 'nope' not found in any table",
            (2, 8),
        ),
        (
            'org.apache.flink.table.api.SqlParserException: SQL parse failed. Encountered "at" at '
            f'line 1, column 9.\nWas expecting one of:\n    "+" ...\n    {FRAMES}',
            "Unexpected at: a reserved word is a name only in backticks, `at`",
            (1, 9),
        ),
        (
            'a.P: SQL parse failed. Encountered "+ <EOF>" at line 1, column 9.\n'
            'Was expecting one of:\n    "+" ...',
            "The statement ends too early",
            (1, 9),
        ),
        (
            'a.P: SQL parse failed. Encountered "\\"" at line 1, column 9.\nWas expecting one of:',
            "Unexpected \": a name stands in `backticks`, a text in 'single quotes'",
            (1, 9),
        ),
        (
            'a.P: SQL parse failed. Encountered "; ;" at line 1, column 9.\nWas expecting one of:',
            "Unexpected ; ;",
            (1, 9),
        ),
        (
            "a.V: Column types do not match.\nCause: Different number of columns.\n\n"
            f"Query schema: [k: INT, p: DOUBLE]\nSink schema:  [k: INT]{FRAMES}",
            "Column types do not match. Cause: Different number of columns. "
            "Query schema: [k: INT, p: DOUBLE] Sink schema: [k: INT]",
            None,
        ),
        (
            f"org.apache.flink.table.api.ValidationException: Unable to create a source.{FRAMES}"
            "Caused by: org.apache.flink.table.api.ValidationException: Unsupported options found "
            "for 'kinesis'.\n\nUnsupported options:\n\nstream.ar\nstream.name\n\nSupported "
            f"options:\n\nstream.arn{FRAMES}",
            "Unsupported options found for 'kinesis'. Unsupported options: stream.ar, stream.name",
            None,
        ),
        (
            f"java.util.concurrent.ExecutionException: Job failed{FRAMES}Caused by: "
            f"java.lang.IllegalStateException: Option 'stream.arn': the stream x is gone{FRAMES}"
            f"Caused by: software.amazon.awssdk.core.exception.SdkClientException: long{FRAMES}",
            "Option 'stream.arn': the stream x is gone",
            None,
        ),
        (f"a.b.Outer: said{FRAMES}Caused by: a.b.NoMessage{FRAMES}", "said", None),
        (
            f"a.b.LoadingException: Cannot find the factory{FRAMES}"
            f"Caused by: java.lang.ClassNotFoundException: nosuch{FRAMES}",
            "Cannot find the factory: ClassNotFoundException: nosuch",
            None,
        ),
        (
            f"a.V: SQL validation failed. namespace for x{FRAMES}"
            f"Caused by: java.lang.NullPointerException: namespace for x{FRAMES}",
            "NullPointerException: namespace for x",
            None,
        ),
        (
            "java.lang.IllegalArgumentException: Could not parse value 'many' for key "
            f"'parallelism.default'.{FRAMES}Caused by: java.lang.NumberFormatException: For input "
            f'string: "many"{FRAMES}',
            "Could not parse value 'many' for key 'parallelism.default': For input string: "
            '"many"',
            None,
        ),
        (
            "org.apache.flink.runtime.JobException: Recovery is suppressed by "
            f"NoRestartBackoffTimeStrategy{FRAMES}Caused by: java.io.IOException: Record 49 in "
            "shardId-0 of s cannot be decoded: Fail to deserialize at field: ts. (option "
            f"'source.dead-letter.stream.arn' sends such records elsewhere){FRAMES}Caused by: "
            f"java.io.IOException: Failed to deserialize JSON '{{}}'.{FRAMES}Caused by: "
            f"o.f.JsonParseException: Fail to deserialize at field: ts.{FRAMES}",
            "Record 49 in shardId-0 of s cannot be decoded: Fail to deserialize at field: ts. "
            "(option 'source.dead-letter.stream.arn' sends such records elsewhere)",
            None,
        ),
        (
            f'java.io.IOException: Failed to deserialize JSON \'{{"ts": "x"}}\'.{FRAMES}Caused by: '
            f"o.f.JsonParseException: Fail to deserialize at field: ts.{FRAMES}Caused by: "
            f"java.time.format.DateTimeParseException: Text 'x' could not be parsed{FRAMES}",
            'Failed to deserialize JSON \'{"ts": "x"}\': Fail to deserialize at field: ts: '
            "Text 'x' could not be parsed",
            None,
        ),
        (
            f"java.io.IOException: Failed to deserialize CSV row '1,2'.{FRAMES}Caused by: "
            f"java.lang.RuntimeException: Row length mismatch. 3 fields but was 2.{FRAMES}",
            "Failed to deserialize CSV row '1,2': Row length mismatch. 3 fields but was 2",
            None,
        ),
        (
            f"o.f.ValidationException: Unable to create a source for reading table 't'.{FRAMES}"
            "Caused by: java.lang.NullPointerException: Cannot invoke "
            f'"x" because "y" is null{FRAMES}',
            "Unable to create a source for reading table 't': NullPointerException: Cannot invoke "
            '"x" because "y" is null',
            None,
        ),
        (
            f"o.f.JobExecutionException: Job execution failed.{FRAMES}Caused by: "
            f"java.lang.ClassCastException: class A cannot be cast to class B{FRAMES}",
            "class A cannot be cast to class B",
            None,
        ),
        (
            "java.lang.RuntimeException: Error received from SDK harness for instruction 1: "
            'Traceback (most recent call last):\n  File "f.py", line 1, in g\n'
            f"ZeroDivisionError: division by zero\n{FRAMES}",
            "ZeroDivisionError: division by zero",
            None,
        ),
        (f"java.lang.NullPointerException{FRAMES}", "NullPointerException", None),
        (f"java.lang.NullPointerException: null{FRAMES}", "NullPointerException", None),
        ("no Java at all\nmore", "no Java at all", None),
    ],
)
@pytest.mark.parametrize("call", ["", CALL])
def test_the_line_that_matters_and_its_place_are_found(call, text, said, place):
    found = read(Exception(call + text))
    assert (found.said, found.place) == (said, place)
    assert found.stack == text


def test_the_stack_trace_is_folded_and_escaped():
    error = FlinkError("wrong", "a.B: <script>")
    assert error._render_traceback_() == ["FlinkError: wrong"]
    assert "<details>" in error.details()["text/html"]
    assert "&lt;script&gt;" in error.details()["text/html"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT *\nFROM gone", (2, 6)),
        ("SELECT * FROM seen", None),
        ("SELECT *\nFROM seen", None),
    ],
)
def test_a_place_in_the_text_of_a_view_is_none_in_the_cell(text, place):
    failure = read(
        Exception("a.V: From line 2, column 6 to line 2, column 9: Object 'gone' not found")
    )
    assert failure.within(text) == place
