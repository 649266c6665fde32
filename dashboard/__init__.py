"""The Streamlit dashboard: it draws what core returns."""
