"""Long work in processes of its own: launch, supervise, run."""
