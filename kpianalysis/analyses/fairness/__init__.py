"""Are grades spread as the guide says, and are small units treated fairly?"""
