"""Do the targets mean anything: are they too easy, too hard or gamed, and does an indicator tell people apart?"""
