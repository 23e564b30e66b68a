"""What all pages share: guards, forms, errors, paging, languages and dates."""
