"""The columns of a data frame for the core, and columns made of its results. Private. Needs numpy; pandas only for frames of it."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NoReturn, Optional, Tuple

import numpy

from frontdesk import _guard, errors, money, times

if TYPE_CHECKING:
    from frontdesk import _core

# The kinds of columns: python/src/frame_input.h.
_INTEGER, _UNSIGNED, _REAL, _BOOL, _TIME, _SPAN, _TEXT, _LABEL, _NOTHING = range(9)
_OUTCOMES = ("allow", "refuse", "hold")
_ABSENT = numpy.iinfo(numpy.int64).min
# The cases of a value of an output: frontdesk/v1/decision.proto.
_INT_CASE, _DOUBLE_CASE, _BOOL_CASE, _TIME_CASE, _DURATION_CASE, _MONEY_CASE = range(4, 10)

# name, path, kind, values, absence, labels
_Column = Tuple[str, str, int, Any, Optional[bytes], List[str]]


def _pandas() -> Any:
    """The module, where it is imported: only then there are frames of it."""
    return sys.modules.get("pandas")


def _fail(reason: str, name: str, text: str) -> NoReturn:
    raise errors.InvalidArgumentError(f"column '{name}': {text}", reason=reason)


class Frame:
    """A frame that is decided: a ``pandas.DataFrame``, or arrays by name."""

    def __init__(self, frame: Any, prefix: str, columns: Optional[Mapping[str, str]]) -> None:
        pandas = _pandas()
        self.index: Any = None
        if pandas is not None and isinstance(frame, pandas.DataFrame):
            self.index = frame.index
            self.rows = len(frame.index)
            for name in frame.columns:
                if not isinstance(name, str):
                    raise TypeError(f"the name of a column is a str, not {_guard.type_name(name)}")
            if not frame.columns.is_unique:
                raise errors.InvalidArgumentError("two columns have one name", reason="FRAME_COLUMN_UNKNOWN")
        elif isinstance(frame, Mapping):
            self.rows = max((len(each) for each in frame.values()), default=0)
        else:
            raise TypeError(f"expected a pandas.DataFrame or a dict of arrays, not {_guard.type_name(frame)}")
        names = list(frame) if columns is None else list(columns)
        self.columns: List[_Column] = []
        for name in names:
            if name not in frame:
                _fail("FRAME_COLUMN_UNKNOWN", _guard.text(name, "name of a column"), "the frame has no such column")
            path = _guard.text(name, "name of a column") if columns is None else _guard.text(columns[name], "path of a column")
            if len(frame[name]) != self.rows:
                _fail("FRAME_COLUMN_LENGTH", name, f"it has {len(frame[name])} rows, and not {self.rows}")
            self.columns.append(_column(name, prefix + path, frame[name]))

    def wrap(self, done: int, columns: Dict[str, Any]) -> Any:
        """The columns as the frame is written: as a frame with its index, or as arrays by name."""
        if self.index is None:
            return {name: _plain(values) for name, values in columns.items()}
        pandas = _pandas()
        return pandas.DataFrame(columns, index=self.index[:done], columns=list(columns))


def _column(name: str, path: str, given: Any) -> _Column:
    """The values of a column as the core reads them."""
    pandas = _pandas()
    absence: Any = None
    values = given
    if pandas is not None and isinstance(given, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)):
        series = pandas.Series(given)
        dtype = series.dtype
        if isinstance(dtype, pandas.CategoricalDtype):
            return _labels(name, path, series)
        if isinstance(dtype, pandas.DatetimeTZDtype):
            return name, path, _TIME, _nanos(name, series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), "datetime"), None, []
        if pandas.api.types.is_extension_array_dtype(dtype):
            absent = series.isna().to_numpy(dtype=bool)
            if dtype.kind in "iufb":
                absence = absent.astype(numpy.uint8).tobytes() if absent.any() else None
                values = series.fillna(dtype.type(0)).to_numpy(dtype=dtype.numpy_dtype)
            else:
                values = series.astype(object).to_numpy()
        else:
            values = series.to_numpy()
            if values.dtype.kind == "M":
                _fail("FRAME_TIME_NAIVE", name, "it has no time zone; set one with .dt.tz_localize(...)")
    if isinstance(values, numpy.ma.MaskedArray):
        masked: Any = values
        mask = numpy.zeros(masked.shape, dtype=bool) | masked.mask
        absence = mask.astype(numpy.uint8).tobytes() if mask.any() else None
        values = masked.filled()
    array = numpy.asarray(values)
    if array.ndim != 1:
        _fail("FRAME_COLUMN_TYPE", name, f"it has {array.ndim} dimensions, and not 1")
    return _array(name, path, array, absence)


def _array(name: str, path: str, array: Any, absence: Optional[bytes]) -> _Column:
    kind = array.dtype.kind
    if kind == "i":
        return name, path, _INTEGER, array.astype(numpy.int64).tobytes(), absence, []
    if kind == "u":
        return name, path, _UNSIGNED, array.astype(numpy.uint64).tobytes(), absence, []
    if kind == "f":
        if numpy.isnan(array).all():
            return name, path, _NOTHING, None, None, []
        return name, path, _REAL, array.astype(numpy.float64).tobytes(), absence, []
    if kind == "b":
        return name, path, _BOOL, array.astype(numpy.uint8).tobytes(), absence, []
    if kind == "M":
        return name, path, _TIME, _nanos(name, array, "datetime"), absence, []
    if kind == "m":
        return name, path, _SPAN, _nanos(name, array, "timedelta"), absence, []
    if kind in "US":
        return name, path, _TEXT, array.tolist(), absence, []
    if kind == "O":
        return _objects(name, path, array.tolist(), absence)
    _fail("FRAME_COLUMN_TYPE", name, f"values of {array.dtype} are not possible")


def _labels(name: str, path: str, series: Any) -> _Column:
    labels = series.cat.categories
    if not all(isinstance(label, str) for label in labels):
        return _column(name, path, series.astype(labels.dtype) if not series.isna().any() else series.astype(object))
    return name, path, _LABEL, series.cat.codes.to_numpy().astype(numpy.int32).tobytes(), None, list(labels)


def _nanos(name: str, array: Any, kind: str) -> bytes:
    """Instants or spans as nanoseconds; NaT is the least number."""
    nanos = array.astype(f"{kind}64[ns]")
    if not numpy.array_equal(nanos.astype(array.dtype), array, equal_nan=True):
        _fail("FRAME_VALUE", name, "a value does not fit into 64 bits of nanoseconds")
    data: bytes = nanos.astype(numpy.int64).tobytes()
    return data


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    pandas = _pandas()
    return pandas is not None and (value is pandas.NaT or value is pandas.NA)


def _objects(name: str, path: str, values: List[Any], absence: Optional[bytes]) -> _Column:
    """A column of objects of Python: all that are there are of one type."""
    if absence is not None:
        values = [None if absent else value for value, absent in zip(values, absence)]
    present = [None if _is_missing(value) else value for value in values]
    types = {type(value) for value in present if value is not None}
    if not types:
        return name, path, _NOTHING, None, None, []
    missing = bytes(value is None for value in present)
    if all(issubclass(each, (str, bytes)) for each in types):
        return name, path, _TEXT, present, None, []
    if all(issubclass(each, (bool, numpy.bool_)) for each in types):
        return name, path, _BOOL, bytes(bool(value) for value in present), missing, []
    if any(issubclass(each, (bool, numpy.bool_)) for each in types):
        _fail("FRAME_COLUMN_TYPE", name, "it has booleans and other values")
    if all(issubclass(each, (int, numpy.integer)) for each in types):
        return name, path, *_integers(name, present), missing, []
    if all(issubclass(each, (int, float, numpy.integer, numpy.floating)) for each in types):
        reals = numpy.array([0.0 if value is None else float(value) for value in present])
        return name, path, _REAL, reals.tobytes(), missing, []
    if all(issubclass(each, datetime.datetime) for each in types):
        instants = [_ABSENT if value is None else _instant(name, value) for value in present]
        return name, path, _TIME, _numbers(name, instants), missing, []
    if all(issubclass(each, datetime.timedelta) for each in types):
        spans = [_ABSENT if value is None else _span(value) for value in present]
        return name, path, _SPAN, _numbers(name, spans), missing, []
    given = ", ".join(sorted(each.__name__ for each in types))
    _fail("FRAME_COLUMN_TYPE", name, f"values of the types {given} are not possible")


def _integers(name: str, values: List[Any]) -> Tuple[int, bytes]:
    numbers = [0 if value is None else int(value) for value in values]
    if numbers and min(numbers) >= 0 and max(numbers) > 0x7FFF_FFFF_FFFF_FFFF:
        if max(numbers) >= 1 << 64:
            _fail("FRAME_VALUE", name, "a number does not fit into 64 bits")
        return _UNSIGNED, numpy.array(numbers, dtype=numpy.uint64).tobytes()
    return _INTEGER, _numbers(name, numbers)


def _numbers(name: str, numbers: List[int]) -> bytes:
    try:
        data: bytes = numpy.array(numbers, dtype=numpy.int64).tobytes()
    except OverflowError:
        _fail("FRAME_VALUE", name, "a number does not fit into 64 bits")
    return data


def _instant(name: str, value: Any) -> int:
    if value.tzinfo is None:
        _fail("FRAME_TIME_NAIVE", name, "a time has no time zone")
    pandas = _pandas()
    if pandas is not None and isinstance(value, pandas.Timestamp):
        return int(value.value)
    seconds, nanos = times._parts(value)
    return seconds * 1_000_000_000 + nanos


def _span(value: Any) -> int:
    pandas = _pandas()
    if pandas is not None and isinstance(value, pandas.Timedelta):
        return int(value.value)
    return int(value // datetime.timedelta(microseconds=1)) * 1000


class _Labeled:
    """Texts that are kept once each."""

    def __init__(self, places: Any, labels: List[str]) -> None:
        self.places = places
        self.labels = labels

    def wrap(self) -> Any:
        pandas = _pandas()
        return pandas.Categorical.from_codes(self.places, self.labels)

    def plain(self) -> Any:
        # The place of an absent text is -1: the last of these.
        return numpy.array([*self.labels, None], dtype=object)[self.places]


class _Numbered:
    """Whole numbers or booleans, some of which may be absent."""

    def __init__(self, values: Any, absent: Any) -> None:
        self.values = values
        self.absent = absent

    def wrap(self) -> Any:
        arrays = _pandas().arrays
        if self.values.dtype == bool:
            return arrays.BooleanArray(self.values, self.absent) if self.absent.any() else self.values
        return arrays.IntegerArray(self.values, self.absent) if self.absent.any() else self.values

    def plain(self) -> Any:
        masked_array: Any = numpy.ma.masked_array
        return masked_array(self.values, self.absent) if self.absent.any() else self.values


class _Times:
    """Instants in UTC."""

    def __init__(self, nanos: Any) -> None:
        self.values = nanos.view("datetime64[ns]")

    def wrap(self) -> Any:
        return _pandas().DatetimeIndex(self.values, tz="UTC")

    def plain(self) -> Any:
        return self.values


def _plain(values: Any) -> Any:
    return values.plain() if hasattr(values, "plain") else values


def _wrapped(frame: Frame, columns: Dict[str, Any]) -> Dict[str, Any]:
    if frame.index is None:
        return columns
    return {name: values.wrap() if hasattr(values, "wrap") else values for name, values in columns.items()}


def _text_column(column: Tuple[bytes, List[str]]) -> _Labeled:
    return _Labeled(numpy.frombuffer(column[0], dtype=numpy.int32), column[1])


def _output_columns(output: Tuple[str, int, bytes, bytes, Tuple[bytes, List[str]]]) -> Dict[str, Any]:
    name, case, number_bytes, absence, texts = output
    column = f"output.{name}"
    numbers = numpy.frombuffer(number_bytes, dtype=numpy.int64)
    absent = numpy.frombuffer(absence, dtype=numpy.uint8).astype(bool)
    if case == _INT_CASE:
        return {column: _Numbered(numbers, absent)}
    if case == _BOOL_CASE:
        return {column: _Numbered(numbers != 0, absent)}
    if case == _DOUBLE_CASE:
        return {column: numpy.where(absent, numpy.nan, numbers.view(numpy.float64))}
    if case == _TIME_CASE:
        return {column: _Times(numbers)}
    if case == _DURATION_CASE:
        return {column: numbers.view("timedelta64[ns]")}
    labels = _text_column(texts)
    if case != _MONEY_CASE:
        return {column: labels}
    # Where there is no currency, there is no amount.
    factors = numpy.array([10.0 ** money.currency_exponent(label) for label in labels.labels] + [1.0])
    units = numpy.where(absent, numpy.nan, numbers / factors[labels.places])
    return {column: units, f"{column}_minor": _Numbered(numbers, absent), f"{column}_currency": labels}


def decide(core: "_core.RuleSet", frame: Frame, now: Any, as_of: Any, progress: Any) -> Any:
    """See RuleSet.decide_frame."""
    done, (outcomes, reasons, rules, outputs) = core.decide_frame(frame.rows, frame.columns, now, as_of, progress)
    places = numpy.frombuffer(outcomes, dtype=numpy.int8).astype(numpy.int32) - 1
    columns: Dict[str, Any] = {
        "outcome": _Labeled(places, list(_OUTCOMES)),
        "reason": _text_column(reasons),
        "rule_id": _text_column(rules),
    }
    for output in outputs:
        columns.update(_output_columns(output))
    return frame.wrap(done, _wrapped(frame, columns))


def match(core: "_core.RuleSet", frame: Frame, rule_ids: Tuple[str, ...], now: Any, as_of: Any, progress: Any) -> Any:
    """See RuleSet.matches_frame."""
    done, match_ends, matches, error_ends, erring = core.match_frame(frame.rows, frame.columns, now, as_of, progress)
    rows: List[Any] = []
    rules: List[Any] = []
    for ends, numbers in ((match_ends, matches), (error_ends, erring)):
        counts = numpy.diff(numpy.frombuffer(ends, dtype=numpy.int64), prepend=0)
        rows.append(numpy.repeat(numpy.arange(done, dtype=numpy.int64), counts))
        rules.append(numpy.frombuffer(numbers, dtype=numpy.int32))
    row = numpy.concatenate(rows)
    rule = numpy.concatenate(rules)
    has_error = numpy.arange(len(row)) >= len(rows[0])
    order = numpy.lexsort((rule, row))
    row, rule, has_error = row[order], rule[order], has_error[order]
    columns: Dict[str, Any] = {"row": row, "rule": rule, "rule_id": _Labeled(rule, list(rule_ids)), "has_error": has_error}
    if frame.index is None:
        return {name: _plain(values) for name, values in columns.items()}
    return _pandas().DataFrame(_wrapped(frame, columns), index=frame.index[row])
