"""The only place where link, decoder, pipeline, recorder and trainer meet."""
