import { linkBooks } from './link-schema.ts';
import { walletBooks } from './wallet-schema.ts';

/** What must hold of the books, besides what the schema refuses row by row. */
export const books = `
  SELECT id || ': the balance is not the sum of its postings' AS problem FROM account
  WHERE person IS NOT NULL AND balance_fen <> coalesce((SELECT sum(amount_fen) FROM posting WHERE credit = account.id), 0)
    - coalesce((SELECT sum(amount_fen) FROM posting WHERE debit = account.id), 0)
  UNION ALL
  SELECT id || ': the postings do not add up to the split' FROM settlement
  WHERE total_fen - cash_fen <> coalesce((SELECT sum(amount_fen) FROM posting WHERE settlement = settlement.id), 0)
  UNION ALL
  SELECT sale.id || ': settled less returned is not what stands' FROM settlement AS sale
  JOIN settlement AS standing ON standing.root = sale.id
    AND NOT EXISTS (SELECT 1 FROM undo WHERE undone = standing.id AND resettled_as IS NOT NULL)
  WHERE sale.root = sale.id AND EXISTS (
    SELECT 1 FROM (
      SELECT
        coalesce(sum(total_fen), 0) AS total, coalesce(sum(fund_fen), 0) AS fund, coalesce(sum(own_fen), 0) AS own,
        coalesce(sum(shared_fen), 0) AS shared, coalesce(sum(cash_fen - cash_due_fen), 0) AS cash,
        coalesce(sum(total_fen) FILTER (WHERE undone = standing.id), 0) AS standing_total,
        coalesce(sum(fund_fen) FILTER (WHERE undone = standing.id), 0) AS standing_fund,
        coalesce(sum(own_fen) FILTER (WHERE undone = standing.id), 0) AS standing_own,
        coalesce(sum(shared_fen) FILTER (WHERE undone = standing.id), 0) AS standing_shared,
        coalesce(sum(cash_fen) FILTER (WHERE undone = standing.id), 0) AS standing_cash
      FROM undo WHERE root = sale.id)
    WHERE sale.total_fen - total <> standing.total_fen - standing_total
      OR sale.fund_fen - fund <> standing.fund_fen - standing_fund
      OR sale.own_fen - own <> standing.own_fen - standing_own
      OR sale.shared_fen - shared <> standing.shared_fen - standing_shared
      OR sale.cash_fen - cash <> standing.cash_fen - standing_cash)
  UNION ALL
  SELECT id || ': more or less than one record stands' FROM settlement AS sale
  WHERE root = id AND 1 <> (
    SELECT count(*) FROM settlement AS standing WHERE standing.root = sale.id
      AND NOT EXISTS (SELECT 1 FROM undo WHERE undone = standing.id AND resettled_as IS NOT NULL))
  UNION ALL
  SELECT id || ': what accounts gave and got back is not what stands' FROM settlement AS sale
  WHERE root = id AND total_fen - cash_fen
    - coalesce((SELECT sum(total_fen - cash_fen + cash_due_fen) FROM undo WHERE undo.root = sale.id), 0) <> (
    SELECT coalesce(sum(iif(posting.undo IS NULL, amount_fen, -amount_fen)), 0) FROM posting
    WHERE settlement IN (SELECT id FROM settlement WHERE root = sale.id)
      OR undo IN (SELECT id FROM undo WHERE root = sale.id))
  UNION ALL
  SELECT record || ': ' || account || ' got back more than it paid' FROM (
    SELECT settlement AS record, debit AS account, link, amount_fen AS paid, 0 AS back, quota_fen AS quota FROM posting
    WHERE settlement IS NOT NULL
    UNION ALL
    SELECT undo.undone, credit, link, 0, amount_fen, -quota_fen FROM posting JOIN undo ON undo.id = posting.undo)
  GROUP BY record, account, link HAVING sum(back) > sum(paid) OR sum(quota) < 0
  UNION ALL ${linkBooks}
  UNION ALL ${walletBooks}`;
