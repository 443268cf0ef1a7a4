\set id random(1, 100)
UPDATE bench.noise SET n = n + 1 WHERE id = :id;
