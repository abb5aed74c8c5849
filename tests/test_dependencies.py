"""What the lock promises imports, so that a broken pin is found here and not by an analyst."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
# What we chose and what it silently relies on: package -> module.
CHOSEN = {
    "streamlit": "streamlit",
    "gradio": "gradio",
    "gradio-client": "gradio_client",
    "mcp": "mcp",
    "fastapi": "fastapi",
    "uvicorn": "uvicorn",
    "websockets": "websockets",
    "python-multipart": "python_multipart",
    "pydantic-settings": "pydantic_settings",
    "pyjwt": "jwt",
    "cryptography": "cryptography",
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pyarrow.parquet",
    "python-calamine": "python_calamine",
    "xlsxwriter": "xlsxwriter",
    "google-cloud-storage": "google.cloud.storage",
    "google-crc32c": "google_crc32c",
    "six": "six",
    "setuptools": "pkg_resources",
    "scikit-learn": "sklearn.ensemble",
    "lightgbm": "lightgbm",
    "shap": "shap",
    "joblib": "joblib",
    "skops": "skops.io",
    "threadpoolctl": "threadpoolctl",
    "plotly": "plotly.graph_objects",
    "babel": "babel.dates",
}


def pins(name: str) -> dict[str, str]:
    """Every pinned package of a lock file."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9_.-]+)(?:\[[a-z,]+\])?==([^\s\\;]+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash_and_names_no_host(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    assert "://" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("package", sorted(CHOSEN))
def test_what_is_installed_is_what_the_lock_says(package: str) -> None:
    assert version(package) == pins("requirements.lock")[package]


@pytest.mark.slow
def test_everything_we_chose_imports_together() -> None:
    # One fresh process, as the product itself would load them; PyCaret last, as in a job's child.
    code = "import warnings; warnings.simplefilter('ignore'); import " + ", ".join(CHOSEN.values())
    code += "; import pycaret.classification, pycaret.regression"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/tmp", check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_we_chose_is_locked() -> None:
    text = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    chosen = {re.split(r"[\[<>=~! ]", line)[0].lower() for line in text.splitlines() if line and not line.startswith("#")}
    assert chosen <= pins("requirements.lock").keys()
