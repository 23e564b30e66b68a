"""What is reviewed or taught from: draft standards and projects, who applies, leads and contributes.

Words: an *applicant* is the organisation that hands an item in; *leaders* and *contributors* made it; the
*excluded* are people whom the applicant asks not to review it.
"""
