CREATE TABLE "Nest" (
    "id" SERIAL PRIMARY KEY,
    "name" TEXT NOT NULL
);
