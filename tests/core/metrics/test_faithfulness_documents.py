import json

import numpy as np
import pytest

from core.metrics.faithfulness_documents import from_document, to_document


def test_what_was_written_is_read(examination):
    text = json.dumps(to_document(examination), allow_nan=False)
    read = from_document(json.loads(text))
    assert to_document(read) == to_document(examination)
    assert read.stages == examination.stages
    assert read.sensitivity == examination.sensitivity
    np.testing.assert_allclose(read.curves[0].mean, examination.curves[0].mean, atol=1e-5)


def test_the_verdict_is_part_of_the_document(examination):
    document = to_document(examination)
    assert document["is_flagged"] is examination.is_flagged
    assert document["why"] == examination.why


@pytest.mark.parametrize("broken", [{}, {"n_images": 3, "curves": [{"kind": "rain"}]}])
def test_a_document_of_something_else_is_refused(broken):
    with pytest.raises((KeyError, ValueError)):
        from_document(broken)
