"""What the port answers besides pages: REST, resumable uploads, results, and Gradio for programs and agents."""
