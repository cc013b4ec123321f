CREATE TABLE "Station" (
    "id" SERIAL PRIMARY KEY,
    "name" TEXT NOT NULL
);
