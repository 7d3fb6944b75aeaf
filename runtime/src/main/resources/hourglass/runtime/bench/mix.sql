-- Inserts, indexes, joins, groups and text functions on tables in memory.
PRAGMA journal_mode = OFF;

CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city INTEGER);
CREATE TABLE purchase (id INTEGER PRIMARY KEY, customer INTEGER, article INTEGER, amount INTEGER, note TEXT);

BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
  INSERT INTO customer SELECT i, printf('customer %05d', i * 7919 % 10007), i * 31 % 211 FROM n;
WITH RECURSIVE n(i, r) AS (
    SELECT 1, 12345 UNION ALL SELECT i + 1, (r * 1103515245 + 12345) % 2147483648 FROM n WHERE i < 160000)
  INSERT INTO purchase
    SELECT i, r / 1000 % 10000 + 1, r / 7 % 997, r % 100000, printf('%x-%d', r, i % 17) FROM n;
COMMIT;

CREATE INDEX purchase_of_customer ON purchase (customer);
CREATE INDEX purchase_of_article ON purchase (article, amount);

SELECT count(*), sum(amount), max(length(note)) FROM purchase;

SELECT city, count(*), sum(amount) AS total
  FROM purchase JOIN customer ON customer.id = purchase.customer
  GROUP BY city ORDER BY total DESC LIMIT 3;

SELECT name, sum(amount) AS total, group_concat(DISTINCT article % 5)
  FROM customer JOIN purchase ON purchase.customer = customer.id
  WHERE city < 40 GROUP BY name HAVING count(*) > 10 ORDER BY total, name LIMIT 3;

SELECT count(*) FROM (
  SELECT a.article, b.article FROM purchase a JOIN purchase b
    ON a.customer = b.customer AND a.article < b.article AND a.amount < b.amount
  WHERE a.id % 4 = 0);

SELECT substr(note, 1, 1) AS first, count(*), avg(amount)
  FROM purchase WHERE note LIKE '%7%-1%' GROUP BY first ORDER BY first LIMIT 3;

SELECT article, rank FROM (
  SELECT article, rank() OVER (ORDER BY sum(amount) DESC) AS rank FROM purchase GROUP BY article)
  WHERE rank <= 3 ORDER BY rank;

BEGIN;
UPDATE purchase SET amount = amount * 2 + length(note) WHERE customer % 3 = 0;
DELETE FROM purchase WHERE article IN (SELECT article FROM purchase GROUP BY article ORDER BY sum(amount) LIMIT 200);
COMMIT;

SELECT count(*), sum(amount), count(DISTINCT customer) FROM purchase;
