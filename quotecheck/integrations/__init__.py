"""quotecheck inside other software: data engines and NLP pipelines. Each module loads by itself."""
