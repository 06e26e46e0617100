select exists (select from karat.account where role = 'admin' and disabled_at is null)
