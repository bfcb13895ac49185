"""The library on disk and its search: knows numpy, pandas, FAISS and scikit-learn, never torch and never Dash."""
