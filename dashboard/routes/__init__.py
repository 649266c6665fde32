"""HTTP routes served beside Streamlit."""
