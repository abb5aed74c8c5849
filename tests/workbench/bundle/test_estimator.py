"""Every estimator that may be compared can be stored, and comes back with one thread and the same answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import (
    calibration,
    discriminant_analysis,
    dummy,
    ensemble,
    gaussian_process,
    kernel_ridge,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)

from workbench.bundle.estimator import dump, load

CLASSIFIERS: list[Any] = [
    linear_model.LogisticRegression(),
    linear_model.RidgeClassifier(),
    linear_model.SGDClassifier(random_state=0),
    linear_model.Perceptron(),
    tree.DecisionTreeClassifier(max_depth=3),
    ensemble.RandomForestClassifier(5, n_jobs=-1, random_state=0),
    ensemble.ExtraTreesClassifier(5, random_state=0),
    ensemble.GradientBoostingClassifier(n_estimators=5),
    ensemble.AdaBoostClassifier(n_estimators=5, algorithm="SAMME"),
    neighbors.KNeighborsClassifier(),
    naive_bayes.GaussianNB(),
    discriminant_analysis.LinearDiscriminantAnalysis(),
    discriminant_analysis.QuadraticDiscriminantAnalysis(),
    dummy.DummyClassifier(),
    svm.SVC(probability=True, random_state=0),
    gaussian_process.GaussianProcessClassifier(),
    neural_network.MLPClassifier((3,), max_iter=1000, tol=1.0, random_state=0),
    calibration.CalibratedClassifierCV(linear_model.LogisticRegression(), cv=2),
]
REGRESSORS: list[Any] = [
    linear_model.LinearRegression(),
    linear_model.Ridge(),
    linear_model.Lasso(),
    linear_model.ElasticNet(),
    linear_model.BayesianRidge(),
    linear_model.HuberRegressor(),
    linear_model.Lars(),
    linear_model.OrthogonalMatchingPursuit(),
    linear_model.PassiveAggressiveRegressor(random_state=0),
    tree.DecisionTreeRegressor(max_depth=3),
    ensemble.RandomForestRegressor(5, random_state=0),
    ensemble.GradientBoostingRegressor(n_estimators=5),
    neighbors.KNeighborsRegressor(),
    neural_network.MLPRegressor((3,), max_iter=1000, tol=1.0, random_state=0),
    dummy.DummyRegressor(),
    linear_model.LassoLars(),
    linear_model.ARDRegression(),
    linear_model.RANSACRegressor(random_state=0),
    linear_model.TheilSenRegressor(random_state=0),
    ensemble.AdaBoostRegressor(n_estimators=3, random_state=0),
    ensemble.ExtraTreesRegressor(3, n_jobs=-1, random_state=0),
    kernel_ridge.KernelRidge(),
    svm.SVR(),
]


@pytest.mark.parametrize("model", [*CLASSIFIERS, *REGRESSORS], ids=lambda m: type(m).__name__)
def test_an_estimator_comes_back(model: Any) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(80, 3))
    y = X @ [1.0, -1.0, 0.5]
    model.fit(X, (y > 0).astype(int) if hasattr(model, "classes_") or model in CLASSIFIERS else y)
    found = load(dump(model), file="model.skops")
    method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    np.testing.assert_array_equal(getattr(found, method)(X), getattr(model, method)(X))
    assert found.get_params().get("n_jobs") in (None, 1)


def test_members_of_an_ensemble_are_cleaned_too() -> None:
    import pandas as pd

    X = pd.DataFrame({"a": [0.0, 1, 2, 3] * 5, "b": [1.0, 0, 1, 0] * 5})
    members = [("lr", linear_model.LogisticRegression()), ("rf", ensemble.RandomForestClassifier(3, n_jobs=2, random_state=0))]
    model = ensemble.VotingClassifier(members, voting="soft").fit(X, [0, 1, 1, 0] * 5)
    found = load(dump(model), file="model.skops")
    for member in found.estimators_:
        assert not hasattr(member, "feature_names_in_")
    assert found.estimators_[1].n_jobs == 1
    np.testing.assert_array_equal(found.predict_proba(X.to_numpy()), model.predict_proba(X))
