# PostgreSQL with oncall: the official image, and what "make install" adds.
#
#   docker build -t oncall .
#   docker build -t oncall --build-arg PG_MAJOR=16 .
#   docker run --name oncall -e POSTGRES_PASSWORD=... -d oncall
#
# Then, as in any database: CREATE EXTENSION oncall; SELECT oncall.setup();

ARG PG_MAJOR=17

FROM postgres:${PG_MAJOR} AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make postgresql-server-dev-${PG_MAJOR}
COPY . /oncall
RUN make -C /oncall with_llvm=no PG_CONFIG=/usr/lib/postgresql/${PG_MAJOR}/bin/pg_config
RUN make -C /oncall with_llvm=no PG_CONFIG=/usr/lib/postgresql/${PG_MAJOR}/bin/pg_config install DESTDIR=/installed

FROM postgres:${PG_MAJOR}
COPY --from=build /installed /
