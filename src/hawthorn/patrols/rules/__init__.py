"""What is due and how an errand goes, pure: no table is read here."""
