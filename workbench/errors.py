"""Every deliberate error, with what it means to an analyst and to an HTTP client.

::

    WorkbenchError
    ├── SettingsError               a setting has a value that cannot work; start-up stops
    ├── AccessDenied                who asks may not do this (403)
    ├── RequestError                a request to the server is not made as its route expects
    │   └── NotJson                 the body is not JSON (400)
    ├── DataError                   a file or table cannot be used as it is
    │   ├── UnreadableFile          no reading of the bytes makes a table
    │   ├── TooLarge                over a stated limit (413)
    │   ├── ColumnNotFound          also a KeyError; names the closest columns
    │   │   └── ColumnsNotFound     several at once
    │   ├── RolesError              the columns' roles contradict each other, or a file of them says what is no role
    │   │   └── RolesChanged        somebody saved other roles meanwhile (409)
    │   ├── DatasetNotFound         (404)
    │   ├── RepairError             repairs contradict each other; names all that do
    │   ├── UploadNotFound          (404)
    │   └── UploadConflict          a chunk does not join on, or the file is not whole yet (409)
    ├── SignatureError              rows do not fit what the model was trained on; lists every field
    ├── CheckError                  a check could not be run as asked
    ├── ExperimentError             a comparison cannot start, or no candidate finished
    ├── BundleError                 a stored model is damaged, of an unknown format, or not to be trusted
    ├── PredictionError             rows cannot be scored
    │   └── Busy                    too many at once (429)
    ├── ExplainError                a model or row has no explanation
    ├── RegistryError               a model's name, version or alias
    │   ├── ModelNotFound           (404); names the closest models
    │   └── NoChampion              (404) the version that answered was deleted, and no other was chosen
    ├── StoreError                  the store refused or could not be reached (503)
    │   ├── ObjectNotFound          also a KeyError (404)
    │   └── PreconditionFailed      somebody else was faster: read again (409)
    └── JobError                    a long job
        └── JobNotFound             (404)

An error carries a key of `words` with its values, so every face says it in the reader's language; `str()` is English.
`code` is stable and machine-readable. `fields` lists every place that is wrong, all at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from workbench.words import Lang, Text, say

# A longer list of wrong names is the wrong file; looking for what each is close to takes its time.
MOST_NAMED = 20


class WorkbenchError(Exception):
    """What was asked cannot be done, said so that an analyst knows what would do.

    Parameters
    ----------
    key : str
        The sentence's key in `words`.
    hint : Text, optional
        The next step, as a sentence of its own.
    fields : sequence of mapping, optional
        Each wrong place: ``row`` (from 0) and ``field`` where they apply, and ``problem``, a `Text`.
    **values : object
        What fills the sentence.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 422

    def __init__(self, key: str, *, hint: Text | None = None, fields: Sequence[Mapping[str, Any]] = (), **values: Any) -> None:
        super().__init__(key)
        self.key, self.hint, self.fields, self.values = key, hint, tuple(fields), values

    def say(self, lang: Lang) -> str:
        """Return the sentence, and the next step where there is one, in a language."""
        sentence = say(self.key, lang, **self.values)
        return f"{sentence} {self.hint.say(lang)}" if self.hint else sentence

    def __str__(self) -> str:
        return self.say("en")

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that crosses a process boundary; `from_dict` makes the error again."""
        text = Text(self.key, **self.values)
        return {"code": self.code, "text": text.to_dict(), "hint": self.hint.to_dict() if self.hint else None}


class SettingsError(WorkbenchError):
    """A setting has a value that cannot work."""

    code = "settings"
    status = 500


class AccessDenied(WorkbenchError):
    """Who asks may not do this."""

    code = "access_denied"
    status = 403


class RequestError(WorkbenchError):
    """A request to the server is not made as its route expects."""

    code = "request"


class NotJson(RequestError):
    """The body of a request is not JSON."""

    code = "not_json"
    status = 400


class DataError(WorkbenchError):
    """A file or table cannot be used as it is."""

    code = "data"


class UnreadableFile(DataError):
    """No reading of the bytes makes a table."""

    code = "unreadable_file"


class TooLarge(DataError):
    """Something is over a stated limit."""

    code = "too_large"
    status = 413


class ColumnNotFound(DataError, KeyError):
    """A named column is not in the table."""

    code = "column_not_found"
    __str__ = WorkbenchError.__str__

    def __init__(self, name: str, available: Iterable[str]) -> None:
        known = list(available)
        super().__init__("error.column_not_found", name=name, hint=closest(name, known))
        self.name, self.available = name, known


class ColumnsNotFound(ColumnNotFound):
    """Several named columns are not in the table."""

    code = "columns_not_found"

    def __init__(self, names: Iterable[str], available: Iterable[str]) -> None:
        missing, known = list(names), list(available)
        listed = [nearest(name, known) for name in missing[:MOST_NAMED]] + ["…"] * (len(missing) > MOST_NAMED)
        WorkbenchError.__init__(self, "error.columns_not_found", names=listed)
        self.name, self.available, self.names = missing[0], known, missing


class RolesError(DataError):
    """The columns' roles contradict each other, or a file of them says what is no role."""

    code = "roles"


class RolesChanged(RolesError):
    """Somebody saved other roles than those that were seen when the change began."""

    code = "roles_changed"
    status = 409


class DatasetNotFound(DataError):
    """No dataset has this id, or it belongs to somebody else."""

    code = "dataset_not_found"
    status = 404


class RepairError(DataError):
    """Repairs of a table contradict each other."""

    code = "repair"


class UploadNotFound(DataError):
    """No upload has this id, or it belongs to somebody else."""

    code = "upload_not_found"
    status = 404


class UploadConflict(DataError):
    """A chunk does not join on to what is in, or the file is not whole yet."""

    code = "upload_conflict"
    status = 409


class SignatureError(WorkbenchError):
    """Rows do not fit what the model was trained on."""

    code = "rows"


class CheckError(WorkbenchError):
    """A check could not be run as asked."""

    code = "check"


class ExperimentError(WorkbenchError):
    """A comparison cannot start as planned, or no candidate finished."""

    code = "experiment"


class BundleError(WorkbenchError):
    """A stored model is damaged, of an unknown format, or holds what is not trusted."""

    code = "bundle"


class PredictionError(WorkbenchError):
    """Rows cannot be scored."""

    code = "prediction"


class Busy(PredictionError):
    """Too many predictions at once."""

    code = "busy"
    status = 429


class ExplainError(WorkbenchError):
    """A model or a row has no explanation."""

    code = "explain"


class RegistryError(WorkbenchError):
    """A model's name, version or alias cannot be used like this."""

    code = "registry"


class ModelNotFound(RegistryError):
    """No model has this name, version or alias."""

    code = "model_not_found"
    status = 404

    def __init__(self, name: str, available: Iterable[str]) -> None:
        known = list(available)
        super().__init__("error.model_not_found", name=name, hint=closest(name, known))
        self.name, self.available = name, known


class NoChampion(RegistryError):
    """The version that answered for a model was deleted, and nobody has chosen another."""

    code = "no_champion"
    status = 404


class StoreError(WorkbenchError):
    """The store refused, or could not be reached."""

    code = "store"
    status = 503


class ObjectNotFound(StoreError, KeyError):
    """The store holds no object of this name."""

    code = "object_not_found"
    status = 404
    __str__ = WorkbenchError.__str__


class PreconditionFailed(StoreError):
    """The object is no longer the one that was read: somebody else was faster."""

    code = "precondition_failed"
    status = 409


class JobError(WorkbenchError):
    """A long job cannot be started, stopped or found like this."""

    code = "job"


class JobNotFound(JobError):
    """No job has this id, or it belongs to somebody else."""

    code = "job_not_found"
    status = 404


def closest(name: str, known: Sequence[str]) -> Text | None:
    """Return "Closest names: …" for a mistyped name, or the first few where nothing is close."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return Text("error.closest", names=near)
    return Text("error.available", names=[*known[:8], *(["…"] if len(known) > 8 else [])]) if known else None


def nearest(name: str, known: Sequence[str]) -> Text:
    """Return a mistyped name with the closest one, for a list of them."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return Text("error.name_near", name=name, near=near[0]) if near else Text("error.name", name=name)
