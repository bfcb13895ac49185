# The CPU:  docker build --tag songboard .
# CUDA 13:  docker build --tag songboard --build-arg TORCH=cu130 .
FROM python:3.11-slim-bookworm

ARG TORCH=cpu

ENV OMP_WAIT_POLICY=PASSIVE

WORKDIR /songboard
RUN pip install --no-cache-dir uv==0.13.8

# What is large and changes least comes first. uv knows where each build of torch is kept; pip would bring CUDA along.
COPY setup.cfg pyproject.toml constraints.txt ./
RUN uv pip install --system --no-cache --torch-backend "$TORCH" --constraints constraints.txt --requirements setup.cfg

COPY . .
RUN uv pip install --system --no-cache --no-deps --editable . \
    && useradd --uid 1000 --create-home listener \
    && install --directory --owner listener /library

USER 1000
VOLUME /library
EXPOSE 8050
ENTRYPOINT ["python"]
CMD ["cli.py", "--help"]
