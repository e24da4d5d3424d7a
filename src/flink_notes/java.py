"""Loops that run inside the JVM: a py4j call costs half a millisecond, so none is made a row."""

from collections import deque
from functools import reduce
from typing import Any, Final

CONSUMER: Final = "java.util.function.Consumer"
RUNNABLE: Final = "java.lang.Runnable"
CLUSTER_GONE: Final = "already been shut down"
"""What is said of a job whose own little cluster ended with it."""

_DROPPED: Final[deque[str]] = deque()


def keep_to_one_thread() -> None:
    """Let no other thread of this process talk to Java by itself.

    Python frees an object in whatever thread its collector happens to run, and py4j
    then tells Java over a connection of its own, which is another thread of the JVM:
    the next statement may get that one, where Flink's planner does not work.
    """
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    get_gateway()._gateway_client.garbage_collect_object = _DROPPED.append


def release() -> None:
    """Tell Java which objects Python has freed since the last call."""
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    client = get_gateway()._gateway_client
    while _DROPPED:
        type(client).garbage_collect_object(client, _DROPPED.popleft())


def jvm() -> Any:
    """Give the view of PyFlink's JVM.

    Returns
    -------
    py4j.java_gateway.JVMView
        Java's packages as attributes.
    """
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    return get_gateway().jvm


def type_of(name: str) -> Any:
    """Find a Java class.

    Parameters
    ----------
    name : str
        Its full name, or ``byte``, ``int``, ``void``.

    Returns
    -------
    py4j.java_gateway.JavaObject
        The ``java.lang.Class``.
    """
    lang = jvm().java.lang
    primitive = {"byte": lang.Byte, "int": lang.Integer, "void": lang.Void}.get(name)
    return primitive.TYPE if primitive is not None else lang.Class.forName(name)


def method(owner: str, name: str, returns: str = "void", takes: str | None = None) -> Any:
    """Get hold of a public method of no or one parameter.

    Parameters
    ----------
    owner, name : str
        The class and the method.
    returns : str
        Class of what it returns.
    takes : str, optional
        Class of its parameter.

    Returns
    -------
    py4j.java_gateway.JavaObject
        The ``java.lang.invoke.MethodHandle``; its first parameter is the object.
    """
    invoke = jvm().java.lang.invoke
    parameters = [type_of(takes)] if takes else []
    kind = invoke.MethodType.methodType(type_of(returns), array("java.lang.Class", parameters))
    return invoke.MethodHandles.publicLookup().findVirtual(type_of(owner), name, kind)


def chain(first: Any, second: Any) -> Any:
    """Make one method handle that gives what the first returns to the second."""
    return jvm().java.lang.invoke.MethodHandles.filterReturnValue(first, second)


def function(interface: str, handle: Any) -> Any:
    """Make an object of a functional interface whose method is a handle."""
    proxies = jvm().java.lang.invoke.MethodHandleProxies
    return proxies.asInterfaceInstance(type_of(interface), handle)


def for_each(items: Any, consumer: Any) -> None:
    """Give each item of a Java collection to a consumer."""
    loop = method("java.lang.Iterable", "forEach", takes=CONSUMER)
    function(RUNNABLE, loop.bindTo(items).bindTo(consumer)).run()


def array(kind: str, items: list[Any]) -> Any:
    """Make a Java array of a class."""
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    owner = reduce(getattr, kind.split("."), jvm())
    made = get_gateway().new_array(owner, len(items))
    for index, item in enumerate(items):
        made[index] = item
    return made
