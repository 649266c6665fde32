"""What `feelingit doctor` says of database and executor."""


def test_doctor_names_the_kind_of_database_and_where_jobs_run(feelingit):
    told = feelingit("doctor", "--json").document
    assert (told["database_kind"], told["jobs_run_on"]) == ("sqlite", "this machine")
    assert told["problems"] == []


def test_doctor_says_in_a_sentence_that_ray_does_not_answer(feelingit, monkeypatch):
    monkeypatch.setenv("FEELINGIT_EXECUTOR", "ray")
    monkeypatch.setenv("FEELINGIT_RAY_ADDRESS", "http://127.0.0.1:1")
    told = feelingit("doctor", "--json").document
    assert told["jobs_run_on"] == "Ray at http://127.0.0.1:1"
    (problem,) = told["problems"]
    assert problem.startswith("Ray at http://127.0.0.1:1 does not answer")


def test_doctor_fails_with_a_sentence_where_the_database_does_not_answer(feelingit, monkeypatch):
    url = "postgresql+psycopg://ada:secret@127.0.0.1:1/faces"
    monkeypatch.setenv("FEELINGIT_DATABASE_URL", url)
    done = feelingit("doctor")
    assert done.status == 1
    assert "The database postgresql+psycopg://ada:***@127.0.0.1:1/faces" in done.err
