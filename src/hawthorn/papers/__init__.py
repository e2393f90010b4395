"""Documents from one source to docx and PDF, with the page of GB/T 9704-2012: 22 lines of 28 characters, 16 pt, on 156 × 225 mm.

Has: what a paper consists of, both writers, the fonts. Has not: what any paper says; the rooms above compose that.
"""
